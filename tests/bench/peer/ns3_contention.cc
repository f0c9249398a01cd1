// Contention for a channel on ns-3's lr-wpan, for `domdom bench contention`: what another simulator
// makes of the same senders. C++ because ns-3 is; it is no part of the program, which neither
// includes nor links ns-3: dd_peer_run compiles this file where the user has installed it.
//
//   saturated  some senders that hear each other always have an acknowledged frame for one sink
//   offered    the same, but frames come at random (Poisson); one that finds its sender busy is
//              dropped there
//   hidden     saturated senders that do not hear each other
//   capture    two frames of 127 octets that overlap, the second begins 2 ms after the first
//
// Every radio sends with 0 dBm and reaches the sink over 80 dB of loss, but for the first frame of
// a capture, which is louder than the second by the stated difference. Sizes are of the PSDU.
// Throughput counts each frame that reached the sink once.
//
// Prints one JSON object, an array of rows for each of the four.
#include <ns3/constant-position-mobility-model.h>
#include <ns3/core-module.h>
#include <ns3/lr-wpan-module.h>
#include <ns3/network-module.h>
#include <ns3/propagation-loss-model.h>
#include <ns3/single-model-spectrum-channel.h>

#include <iostream>
#include <vector>

using namespace ns3;

namespace {

constexpr uint32_t OVERHEAD_OCTETS = 11; // short addresses in one PAN, FCS
constexpr uint16_t PAN = 1;
constexpr double SINK_LOSS_DB = 80, NO_PATH_DB = 300;
constexpr double WARM_S = 0.1; // until rows begin to count

struct Case {
    uint32_t senders, octets;
    double offered_kbps; // of all together; 0: saturated
    bool hidden;
};

struct Sender {
    Ptr<LrWpanNetDevice> device;
    bool busy = false;
    uint64_t last_sent = UINT64_MAX; // packet of the last frame, to tell a retry
    int last_dsn = -1;               // sequence number that the sink last took from it
    uint64_t received = 0;           // frames that the sink took
};

struct Tally {
    uint64_t requests = 0, sent = 0, retries = 0; // frames asked for, sent, sent again
    uint64_t heard = 0, taken = 0;                // by the sink: all, each once
    uint64_t no_ack = 0, no_channel = 0;          // given up
};

Case now;
Ptr<LrWpanNetDevice> sink;
std::vector<Sender> senders;
Tally tally;
Ptr<ExponentialRandomVariable> pause;

double FrameKbit() {
    return now.octets * 8 / 1000.0;
}

Mac16Address AddressOf(uint32_t number) {
    uint8_t octets[2] = {uint8_t(number >> 8), uint8_t(number)};
    Mac16Address address;
    address.CopyFrom(octets);
    return address;
}

const Mac16Address SINK = AddressOf(0xfff0);

void Send(uint32_t index, uint8_t options) {
    McpsDataRequestParams params;
    params.m_dstPanId = PAN;
    params.m_dstAddr = SINK;
    params.m_txOptions = options;
    senders[index].busy = true;
    tally.requests++;
    senders[index].device->GetMac()->McpsDataRequest(params,
                                                     Create<Packet>(now.octets - OVERHEAD_OCTETS));
}

void SendAcknowledged(uint32_t index) {
    Send(index, TX_OPTION_ACK);
}

// A frame comes to a sender that is not saturated.
void Offer(uint32_t index) {
    if (!senders[index].busy) SendAcknowledged(index);
    Simulator::Schedule(Seconds(pause->GetValue()), &Offer, index);
}

void Confirm(uint32_t index, McpsDataConfirmParams params) {
    if (params.m_status == IEEE_802_15_4_NO_ACK) tally.no_ack++;
    if (params.m_status == IEEE_802_15_4_CHANNEL_ACCESS_FAILURE) tally.no_channel++;
    senders[index].busy = false;
    if (now.offered_kbps == 0) Simulator::ScheduleNow(&SendAcknowledged, index);
}

void Receive(McpsDataIndicationParams params, Ptr<Packet>) {
    uint8_t octets[2];
    params.m_srcAddr.CopyTo(octets);
    Sender &sender = senders[(octets[0] << 8 | octets[1]) - 1];
    tally.heard++;
    if (sender.last_dsn == params.m_dsn) return;
    sender.last_dsn = params.m_dsn;
    sender.received++;
    tally.taken++;
}

void Transmit(uint32_t index, Ptr<const Packet> packet) {
    Sender &sender = senders[index];
    tally.sent++;
    if (packet->GetUid() == sender.last_sent) tally.retries++;
    sender.last_sent = packet->GetUid();
}

Ptr<LrWpanNetDevice> MakeRadio(Ptr<SpectrumChannel> channel, Mac16Address address) {
    auto device = CreateObject<LrWpanNetDevice>();
    device->SetChannel(channel);
    device->GetPhy()->SetMobility(CreateObject<ConstantPositionMobilityModel>());
    CreateObject<Node>()->AddDevice(device);
    device->GetMac()->SetPanId(PAN);
    device->GetMac()->SetShortAddress(address);
    return device;
}

// Makes the sink and the senders of the case `now`; returns the losses between them.
Ptr<MatrixPropagationLossModel> Build() {
    auto channel = CreateObject<SingleModelSpectrumChannel>();
    auto losses = CreateObject<MatrixPropagationLossModel>();
    losses->SetDefaultLoss(now.hidden ? NO_PATH_DB : SINK_LOSS_DB);
    channel->AddPropagationLossModel(losses);
    sink = MakeRadio(channel, SINK);
    sink->GetMac()->SetMcpsDataIndicationCallback(MakeCallback(&Receive));
    senders.assign(now.senders, Sender());
    for (uint32_t i = 0; i < now.senders; i++) {
        Ptr<LrWpanPhy> phy = (senders[i].device = MakeRadio(channel, AddressOf(i + 1)))->GetPhy();
        phy->TraceConnectWithoutContext("PhyTxBegin", MakeBoundCallback(&Transmit, i));
        losses->SetLoss(phy->GetMobility(), sink->GetPhy()->GetMobility(), SINK_LOSS_DB);
    }
    return losses;
}

// Starts the senders at random within so many seconds.
void Start(double seconds) {
    pause = CreateObject<ExponentialRandomVariable>();
    if (now.offered_kbps > 0)
        pause->SetAttribute("Mean", DoubleValue(now.senders * FrameKbit() / now.offered_kbps));
    auto phase = CreateObject<UniformRandomVariable>();
    for (uint32_t i = 0; i < now.senders; i++) {
        senders[i].device->GetMac()->SetMcpsDataConfirmCallback(MakeBoundCallback(&Confirm, i));
        auto begin = now.offered_kbps > 0 ? &Offer : &SendAcknowledged;
        Simulator::ScheduleWithContext(i, Seconds(phase->GetValue(0, seconds)), begin, i);
    }
}

void Run(double seconds) {
    Simulator::Stop(Seconds(seconds));
    Simulator::Run();
}

double Share(uint64_t part, uint64_t whole) {
    return whole ? double(part) / double(whole) : 0;
}

void RunCase(const Case &next, double seconds) {
    now = next;
    Build();
    Start(WARM_S);
    Run(WARM_S);
    tally = Tally();
    Run(seconds);
    Simulator::Destroy();
    std::cout << "{\"senders\": " << now.senders << ", \"octets\": " << now.octets
              << ", \"offered_kbps\": " << now.offered_kbps
              << ", \"throughput_kbps\": " << double(tally.taken) * FrameKbit() / seconds
              << ", \"retry_share\": " << Share(tally.retries, tally.sent)
              << ", \"loss_share\": " << 1 - Share(tally.heard, tally.sent)
              << ", \"no_ack_share\": " << Share(tally.no_ack, tally.requests)
              << ", \"no_channel_share\": " << Share(tally.no_channel, tally.requests) << "}";
}

// Without backoffs and acknowledgements, so that the frames overlap as meant.
void RunCapture(int difference_db, uint32_t trials) {
    now = {2, 127, 0, true};
    Ptr<MatrixPropagationLossModel> losses = Build();
    losses->SetLoss(senders[0].device->GetPhy()->GetMobility(), sink->GetPhy()->GetMobility(),
                    SINK_LOSS_DB - difference_db);
    for (uint32_t i = 0; i < now.senders; i++) {
        senders[i].device->GetCsmaCa()->SetMacMinBE(0);
        for (uint32_t j = 0; j < trials; j++)
            Simulator::ScheduleWithContext(i, MilliSeconds(20 * j + 1 + 2 * i), &Send, i,
                                           uint8_t(TX_OPTION_NONE));
    }
    Run(trials * 0.02 + 0.02);
    Simulator::Destroy();
    std::cout << "{\"difference_db\": " << difference_db
              << ", \"first\": " << Share(senders[0].received, trials)
              << ", \"second\": " << Share(senders[1].received, trials) << "}";
}

void RunCases(const char *name, const std::vector<Case> &cases, double seconds) {
    std::cout << '"' << name << "\": [";
    for (size_t i = 0; i < cases.size(); i++) {
        if (i > 0) std::cout << ",\n ";
        RunCase(cases[i], seconds);
    }
    std::cout << "],\n";
}

} // namespace

int main(int argc, char *argv[]) {
    double seconds = 10;
    uint32_t trials = 500;
    CommandLine line(__FILE__);
    line.AddValue("seconds", "simulated seconds of each row", seconds);
    line.AddValue("trials", "pairs of frames for each row of `capture`", trials);
    line.Parse(argc, argv);

    std::vector<Case> saturated, offered, hidden;
    for (uint32_t octets : {60, 127}) {
        for (uint32_t count : {1, 2, 5, 10, 20})
            saturated.push_back({count, octets, 0, false});
        for (uint32_t count : {2, 5})
            hidden.push_back({count, octets, 0, true});
    }
    for (uint32_t count : {2, 5, 10, 20})
        for (double kbps : {40, 80, 120, 160})
            offered.push_back({count, 60, kbps, false});

    std::cout << "{";
    RunCases("saturated", saturated, seconds);
    RunCases("offered", offered, seconds);
    RunCases("hidden", hidden, seconds);
    std::cout << "\"capture\": [";
    for (int difference_db = -12; difference_db <= 12; difference_db += 2) {
        if (difference_db > -12) std::cout << ",\n ";
        RunCapture(difference_db, trials);
    }
    std::cout << "]}\n";
    return 0;
}
