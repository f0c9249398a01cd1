// The street job on ns-3's lr-wpan, for `domdom bench street --peer`: what another simulator makes
// of the same lamps, and how fast. C++ because ns-3 is; it is no part of the program, which neither
// includes nor links ns-3: dd_peer_run compiles this file where the user has installed it.
//
// Lamps stand 30 m apart in streets of 100, the streets 100 m apart, with a controller in the
// middle of each. Every lamp sends its controller a report of 40 octets once a period, from a
// random phase on, which lamps 60 m apart hand on. All radios share one channel and send with 0
// dBm; the loss is 46.6777 dB at 1 m and grows with the third power of the distance. lr-wpan does
// CSMA/CA, acknowledgements and retries, but has no duplicate rejection, so this file does it.
//
// Its channel visits every radio for every frame, which --prune=0 makes it do in full. By default
// it lets losses above 125 dB be none at all, 18 dB under its noise: some twenty times as fast.
//
// Prints one JSON object.
#include <ns3/constant-position-mobility-model.h>
#include <ns3/core-module.h>
#include <ns3/lr-wpan-module.h>
#include <ns3/network-module.h>
#include <ns3/propagation-delay-model.h>
#include <ns3/propagation-loss-model.h>
#include <ns3/single-model-spectrum-channel.h>

#include <chrono>
#include <ctime>
#include <iostream>
#include <sys/resource.h>
#include <vector>

using namespace ns3;

namespace {

constexpr uint32_t LAMPS_A_STREET = 100, REPORT_OCTETS = 40, ACK_OCTETS = 5;
constexpr double LAMP_SPACING_M = 30, STREET_SPACING_M = 100;
constexpr double FILL_S = 0.25; // until as many frames are on their way as always
constexpr double DRAIN_S = 2;   // for the reports still on their way when the measurement ends

// A lamp of a street by its place from the west, or the street's controller.
struct Station {
    Ptr<LrWpanMac> mac;
    Mac16Address parent;
    uint64_t last_sent = UINT64_MAX; // packet of the last data frame, to tell a retry
    int last_dsn = -1;               // sequence number that its parent last took from it
    uint32_t reports = 0;            // made
    uint32_t last_report = 0;        // that reached the controller
};

struct Air {
    uint64_t data_frames = 0, acks = 0, retries = 0;
};

// What became of the reports of the whole run.
struct Outcome {
    uint64_t made = 0, delivered = 0, duplicates = 0, no_ack = 0, no_channel = 0;
};

std::vector<Station> stations; // of each street its lamps, then its controller
Air air;
Outcome outcome;
double period_s = 60;
bool reporting = true;

constexpr uint32_t STREET = LAMPS_A_STREET + 1; // stations of a street
bool IsController(uint32_t index) {
    return index % STREET == LAMPS_A_STREET;
}

// Short addresses within a street; zero means "none" to ns-3.
Mac16Address AddressOf(uint32_t index) {
    uint16_t number = index % STREET + 1;
    uint8_t octets[2] = {uint8_t(number >> 8), uint8_t(number)};
    Mac16Address address;
    address.CopyFrom(octets);
    return address;
}

uint32_t IndexIn(uint32_t street_of, Mac16Address address) {
    uint8_t octets[2];
    address.CopyTo(octets);
    return street_of - street_of % STREET + (octets[0] << 8 | octets[1]) - 1;
}

// Two lamps nearer to the middle, or the controller itself.
uint32_t ParentOf(uint32_t index) {
    uint32_t lamp = index % STREET, first = index - lamp, half = LAMPS_A_STREET / 2;
    if (lamp + 2 < half) return first + lamp + 2;
    if (lamp >= half + 2) return first + lamp - 2;
    return first + LAMPS_A_STREET;
}

void SendToParent(uint32_t index, Ptr<Packet> packet) {
    McpsDataRequestParams params;
    params.m_dstPanId = uint16_t(index / STREET + 1);
    params.m_dstAddr = stations[index].parent;
    params.m_txOptions = TX_OPTION_ACK;
    stations[index].mac->McpsDataRequest(params, packet);
}

void Report(uint32_t index) {
    if (!reporting) return;
    uint32_t words[REPORT_OCTETS / sizeof(uint32_t)] = {index, ++stations[index].reports};
    outcome.made++;
    SendToParent(index, Create<Packet>(reinterpret_cast<uint8_t *>(words), REPORT_OCTETS));
    Simulator::Schedule(Seconds(period_s), &Report, index);
}

void Arrive(Ptr<Packet> packet) {
    uint32_t words[2];
    packet->CopyData(reinterpret_cast<uint8_t *>(words), sizeof words);
    Station &lamp = stations[words[0]];
    if (words[1] == lamp.last_report) {
        outcome.duplicates++;
        return;
    }
    lamp.last_report = words[1];
    outcome.delivered++;
}

void Receive(uint32_t index, McpsDataIndicationParams params, Ptr<Packet> packet) {
    Station &sender = stations[IndexIn(index, params.m_srcAddr)];
    if (sender.last_dsn == params.m_dsn) return;
    sender.last_dsn = params.m_dsn;
    if (IsController(index))
        Arrive(packet);
    else
        SendToParent(index, packet->Copy());
}

void Confirm(McpsDataConfirmParams params) {
    if (params.m_status == IEEE_802_15_4_NO_ACK) outcome.no_ack++;
    if (params.m_status == IEEE_802_15_4_CHANNEL_ACCESS_FAILURE) outcome.no_channel++;
}

void Transmit(uint32_t index, Ptr<const Packet> packet) {
    if (packet->GetSize() == ACK_OCTETS) {
        air.acks++;
        return;
    }
    Station &station = stations[index];
    air.data_frames++;
    if (packet->GetUid() == station.last_sent) air.retries++;
    station.last_sent = packet->GetUid();
}

void Place(uint32_t index, Ptr<SpectrumChannel> channel) {
    uint32_t lamp = index % STREET, street = index / STREET;
    double x = IsController(index) ? 0 : (lamp - (LAMPS_A_STREET - 1) / 2.0) * LAMP_SPACING_M;
    auto place = CreateObject<ConstantPositionMobilityModel>();
    place->SetPosition(Vector(x, street * STREET_SPACING_M, 0));
    auto device = CreateObject<LrWpanNetDevice>();
    device->SetChannel(channel);
    device->GetPhy()->SetMobility(place);
    CreateObject<Node>()->AddDevice(device);
    Ptr<LrWpanMac> mac = device->GetMac();
    mac->SetPanId(uint16_t(street + 1));
    mac->SetShortAddress(AddressOf(index));
    mac->SetMcpsDataConfirmCallback(MakeCallback(&Confirm));
    mac->SetMcpsDataIndicationCallback(MakeBoundCallback(&Receive, index));
    device->GetPhy()->TraceConnectWithoutContext("PhyTxBegin", MakeBoundCallback(&Transmit, index));
    stations[index].mac = mac;
    if (!IsController(index)) stations[index].parent = AddressOf(ParentOf(index));
}

Ptr<SpectrumChannel> MakeChannel(double prune_db) {
    auto loss = CreateObject<LogDistancePropagationLossModel>();
    loss->SetPathLossExponent(3);
    loss->SetReference(1, 46.6777);
    auto channel = CreateObject<SingleModelSpectrumChannel>();
    channel->AddPropagationLossModel(loss);
    channel->SetPropagationDelayModel(CreateObject<ConstantSpeedPropagationDelayModel>());
    if (prune_db > 0) channel->SetAttribute("MaxLossDb", DoubleValue(prune_db));
    return channel;
}

void Build(uint32_t lamps, double prune_db) {
    Ptr<SpectrumChannel> channel = MakeChannel(prune_db);
    auto phase = CreateObject<UniformRandomVariable>();
    stations.resize(lamps / LAMPS_A_STREET * STREET);
    for (uint32_t i = 0; i < stations.size(); i++) {
        Place(i, channel);
        if (!IsController(i))
            Simulator::ScheduleWithContext(i, Seconds(phase->GetValue(0, period_s)), &Report, i);
    }
}

struct Cost {
    double wall_s, cpu_s;
    uint64_t events;
};

Cost Run(double seconds) {
    auto start = std::chrono::steady_clock::now();
    std::clock_t cpu = std::clock();
    uint64_t events = Simulator::GetEventCount();
    Simulator::Stop(Seconds(seconds));
    Simulator::Run();
    std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    return {wall.count(), double(std::clock() - cpu) / CLOCKS_PER_SEC,
            Simulator::GetEventCount() - events};
}

double Share(uint64_t part, uint64_t whole) {
    return whole ? double(part) / double(whole) : 0;
}

void Print(double seconds, const Air &on_air, const Cost &cost) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    uint64_t frames = on_air.data_frames + on_air.acks;
    std::cout << "{\"simulated_s\": " << seconds << ", \"wall_s\": " << cost.wall_s
              << ", \"cpu_s\": " << cost.cpu_s
              << ", \"real_time_factor\": " << seconds / cost.wall_s << ", \"frames\": " << frames
              << ", \"events\": " << cost.events
              << ", \"events_per_frame\": " << Share(cost.events, frames)
              << ", \"delivered_ratio\": " << Share(outcome.delivered, outcome.made)
              << ", \"retransmission_share\": " << Share(on_air.retries, on_air.data_frames)
              << ", \"duplicates\": " << outcome.duplicates << ", \"no_ack\": " << outcome.no_ack
              << ", \"channel_access_failures\": " << outcome.no_channel
              << ", \"peak_rss_kib\": " << usage.ru_maxrss << "}\n";
}

// False, having said why, when the options make no job.
bool Parse(int argc, char *argv[], uint32_t *lamps, double *seconds, double *prune_db) {
    CommandLine line(__FILE__);
    line.AddValue("lamps", "lamps, a multiple of 100", *lamps);
    line.AddValue("seconds", "simulated seconds to measure", *seconds);
    line.AddValue("period", "seconds between a lamp's reports", period_s);
    line.AddValue("prune", "losses above so many dB count as none at all (0: all count)",
                  *prune_db);
    line.Parse(argc, argv);
    bool good = *lamps > 0 && *lamps % LAMPS_A_STREET == 0 && *lamps / LAMPS_A_STREET < 0xffff &&
                *seconds > 0 && period_s > 0;
    if (!good)
        std::cerr << "ns3_street: --lamps must be a multiple of " << LAMPS_A_STREET
                  << " below 6553500, --seconds and --period more than 0\n";
    return good;
}

} // namespace

int main(int argc, char *argv[]) {
    uint32_t lamps = 7000;
    double seconds = 2, prune_db = 125;
    if (!Parse(argc, argv, &lamps, &seconds, &prune_db)) return 2;
    Build(lamps, prune_db);
    Run(FILL_S);
    air = Air();
    Cost cost = Run(seconds);
    Air on_air = air;
    reporting = false;
    Run(DRAIN_S);
    Print(seconds, on_air, cost);
    Simulator::Destroy();
    return 0;
}
