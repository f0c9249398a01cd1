// A firmware image: a header, and the payload that a device runs. What the header says decides
// whether a device takes it at all; the digest, whether what has come is it.
//
//   octet   0 "DDFW"    4 format, 1    5 target    6 hardware (u16)    8 version (u32)
//          12 octets of payload (u32)   16 SHA-256 of the payload
//          48 first four octets of the SHA-256 of what is before them        integers big-endian
//
// After the headers of MCUboot and the manifests of SUIT (RFC 9124), which sign besides: here the
// links' own security stands for that (estimate).
//
// Transfers go by the states and results of OMA LwM2M's object 5, Firmware Update (1.1, E.6).
#pragma once

#include <stdbool.h>

#include "models/controller/core/sha256.h"

enum {
    DD_IMAGE_HEADER = 52,
    DD_IMAGE_MOST = 256 * 1024, // octets of payload; facts B5: 128 KiB for a node
    DD_NODE_BLOCK_OCTETS = 64,  // of a node's image in one message on the mesh; facts B5
    DD_NODE_BLOCKS_MOST = DD_IMAGE_MOST / DD_NODE_BLOCK_OCTETS,
    DD_LINE_BLOCK_OCTETS = 256, // of any image in one message on the backhaul; estimate
};

typedef enum dd_image_target {
    DD_IMAGE_NODE = 1,
    DD_IMAGE_CONTROLLER,
} dd_image_target;

enum { DD_HARDWARE_NODE = 0x0DD1, DD_HARDWARE_CONTROLLER = 0x0DD2 }; // that this city's devices are

typedef struct dd_image {
    uint8_t target; // dd_image_target
    uint16_t hardware;
    uint32_t version; // from 1
    uint32_t size;    // octets of payload
    uint8_t digest[DD_SHA256];
} dd_image;

// 5/0/3 State, of a device that is updated.
typedef enum dd_firmware_step {
    DD_STEP_IDLE,
    DD_STEP_DOWNLOADING,
    DD_STEP_DOWNLOADED, // all of it, verified
    DD_STEP_UPDATING,   // restarts into it, and is on trial
} dd_firmware_step;

// 5/0/5 Update Result.
typedef enum dd_firmware_result {
    DD_RESULT_NONE,
    DD_RESULT_SUCCESS,
    DD_RESULT_NO_FLASH, // not enough of it, or it cannot be written
    DD_RESULT_NO_MEMORY,
    DD_RESULT_LOST,        // the connection
    DD_RESULT_INTEGRITY,   // the digest is wrong
    DD_RESULT_UNSUPPORTED, // not for this device, or no image
    DD_RESULT_BAD_URI,
    DD_RESULT_FAILED, // to start, or to do its work: rolled back
    DD_RESULTS,
} dd_firmware_result;

// A header as octets, and back. False: it is none, or not whole.
void dd_image_write(uint8_t octets[static DD_IMAGE_HEADER], const dd_image *image);
bool dd_image_read(dd_image *image, const uint8_t octets[static DD_IMAGE_HEADER]);

// Whether it is made for devices of this target and hardware.
bool dd_image_fits(const dd_image *image, dd_image_target target);

bool dd_image_same(const dd_image *a, const dd_image *b);

// What blocks name their image by on the mesh, as the Request-Tag of RFC 9175; never 0.
uint16_t dd_image_tag(const dd_image *image);

// Blocks of `octets` each, the last perhaps shorter, that make up its payload.
static inline uint32_t dd_image_blocks(const dd_image *image, uint32_t octets) {
    return (image->size + octets - 1) / octets;
}

// Octets of block number `block`, from 0; 0: there is no such block.
static inline uint32_t dd_image_block_n(const dd_image *image, uint32_t block, uint32_t octets) {
    if (block >= dd_image_blocks(image, octets)) return 0;
    uint32_t left = image->size - block * octets;
    return left < octets ? left : octets;
}
