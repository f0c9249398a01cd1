#include "models/mesh/stack/mac/frame.h"

#include "models/mesh/stack/bytes.h"

// Frame control (IEEE 802.15.4, 7.2.2).
enum {
    TYPE = 0x0007,
    SECURED = 0x0008,
    PENDING = 0x0010,
    ACK_REQUEST = 0x0020,
    ONE_PAN = 0x0040,
    SHORT_ADDRESSES = 0x8800, // both addressing modes are 2
    VERSION_1 = 0x1000,
    DATA = DD_FRAME_DATA | ONE_PAN | SHORT_ADDRESSES,
};

// The FCS advances by eight octets at a time: slice k of a table gives what an octet with k more
// behind it contributes. A contribution is linear in the octet's bits; that of bit b is the
// register that began as 1 after 8 (k + 1) - b steps, hence the constants, which run backwards.
#define ENTRY(i, b0, b1, b2, b3, b4, b5, b6, b7)                                                   \
    ((i)&1 ? b0 : 0) ^ ((i)&2 ? b1 : 0) ^ ((i)&4 ? b2 : 0) ^ ((i)&8 ? b3 : 0) ^                    \
        ((i)&16 ? b4 : 0) ^ ((i)&32 ? b5 : 0) ^ ((i)&64 ? b6 : 0) ^ ((i)&128 ? b7 : 0)
#define BY_4(i, ...)                                                                               \
    ENTRY(i, __VA_ARGS__), ENTRY((i) + 1, __VA_ARGS__), ENTRY((i) + 2, __VA_ARGS__),               \
        ENTRY((i) + 3, __VA_ARGS__)
#define BY_16(i, ...)                                                                              \
    BY_4(i, __VA_ARGS__), BY_4((i) + 4, __VA_ARGS__), BY_4((i) + 8, __VA_ARGS__),                  \
        BY_4((i) + 12, __VA_ARGS__)
#define BY_64(i, ...)                                                                              \
    BY_16(i, __VA_ARGS__), BY_16((i) + 16, __VA_ARGS__), BY_16((i) + 32, __VA_ARGS__),             \
        BY_16((i) + 48, __VA_ARGS__)
#define SLICE(...)                                                                                 \
    {                                                                                              \
        BY_64(0, __VA_ARGS__), BY_64(64, __VA_ARGS__), BY_64(128, __VA_ARGS__),                    \
            BY_64(192, __VA_ARGS__)                                                                \
    }

static const uint16_t slices[8][256] = {
    SLICE(0x1189, 0x2312, 0x4624, 0x8C48, 0x1081, 0x2102, 0x4204, 0x8408),
    SLICE(0x19D8, 0x33B0, 0x6760, 0xCEC0, 0x9591, 0x2333, 0x4666, 0x8CCC),
    SLICE(0x5ADC, 0xB5B8, 0x6361, 0xC6C2, 0x8595, 0x033B, 0x0676, 0x0CEC),
    SLICE(0x1CBB, 0x3976, 0x72EC, 0xE5D8, 0xC3A1, 0x8F53, 0x16B7, 0x2D6E),
    SLICE(0x0B44, 0x1688, 0x2D10, 0x5A20, 0xB440, 0x6091, 0xC122, 0x8A55),
    SLICE(0x042B, 0x0856, 0x10AC, 0x2158, 0x42B0, 0x8560, 0x02D1, 0x05A2),
    SLICE(0x9FD5, 0x37BB, 0x6F76, 0xDEEC, 0xB5C9, 0x6383, 0xC706, 0x861D),
    SLICE(0x81BF, 0x0B6F, 0x16DE, 0x2DBC, 0x5B78, 0xB6F0, 0x65F1, 0xCBE2),
};

// Six of the eight octets do not meet the register: their part is ready before it is.
static inline unsigned advance(unsigned fcs, uint64_t eight) {
    unsigned rest = slices[5][eight >> 16 & 0xFF] ^ slices[4][eight >> 24 & 0xFF] ^
                    slices[3][eight >> 32 & 0xFF] ^ slices[2][eight >> 40 & 0xFF] ^
                    slices[1][eight >> 48 & 0xFF] ^ slices[0][eight >> 56];
    unsigned met = (unsigned)eight ^ fcs;
    return rest ^ slices[7][met & 0xFF] ^ slices[6][met >> 8 & 0xFF];
}

uint16_t dd_frame_fcs(const uint8_t *octets, size_t n) {
    unsigned fcs = 0;
    if (n < 8) {
        for (; n > 0; n--, octets++)
            fcs = fcs >> 8 ^ slices[0][(fcs ^ *octets) & 0xFF];
        return (uint16_t)fcs;
    }
    // Zeros ahead change nothing, since the register begins at 0: they fill up the first eight.
    size_t head = n & 7;
    if (head) fcs = advance(0, dd_get_le64(octets) << (64 - 8 * head));
    for (octets += head, n -= head; n > 0; octets += 8, n -= 8)
        fcs = advance(fcs, dd_get_le64(octets));
    return (uint16_t)fcs;
}

uint8_t dd_frame_open(uint8_t *octets, const dd_frame *frame) {
    unsigned control = DATA | (frame->secured ? SECURED | VERSION_1 : 0) |
                       (frame->pending ? PENDING : 0) | (frame->ack_request ? ACK_REQUEST : 0);
    dd_put_le16(octets, (uint16_t)control);
    octets[2] = frame->sequence;
    dd_put_le16(octets + 3, frame->pan);
    dd_put_le16(octets + 5, frame->destination);
    dd_put_le16(octets + 7, frame->source);
    return DD_FRAME_HEADER;
}

uint8_t dd_frame_close(uint8_t *octets, uint8_t n) {
    dd_put_le16(octets + n, dd_frame_fcs(octets, n));
    return (uint8_t)(n + DD_FCS);
}

void dd_frame_ack(uint8_t octets[static DD_FRAME_ACK], uint8_t sequence) {
    dd_put_le16(octets, DD_FRAME_IMMEDIATE_ACK);
    octets[2] = sequence;
    dd_frame_close(octets, 3);
}

bool dd_frame_read(dd_frame *frame, const uint8_t *octets, uint8_t n) {
    if (n < DD_FRAME_ACK || n > DD_FRAME_MAX) return false;
    uint16_t control = dd_get_le16(octets);
    bool data = (control & TYPE) == DD_FRAME_DATA;
    unsigned version = control & SECURED ? VERSION_1 : control & VERSION_1;
    unsigned fixed = data ? DATA | version : DD_FRAME_IMMEDIATE_ACK;
    unsigned may = data ? SECURED | PENDING | ACK_REQUEST : PENDING;
    uint8_t header = data ? DD_FRAME_HEADER : DD_FRAME_ACK - DD_FCS;
    if ((control & ~may) != fixed || n < header + DD_FCS || (!data && n != DD_FRAME_ACK))
        return false;
    if (dd_frame_fcs(octets, n - DD_FCS) != dd_get_le16(octets + n - DD_FCS)) return false;
    *frame = (dd_frame){
        .type = control & TYPE,
        .sequence = octets[2],
        .ack_request = control & ACK_REQUEST,
        .secured = control & SECURED,
        .pending = control & PENDING,
        .payload_at = header,
        .payload_n = (uint8_t)(n - header - DD_FCS),
    };
    if (data) {
        frame->pan = dd_get_le16(octets + 3);
        frame->destination = dd_get_le16(octets + 5);
        frame->source = dd_get_le16(octets + 7);
    }
    return true;
}
