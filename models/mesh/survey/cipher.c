#include "models/mesh/survey/cipher.h"

#include <assert.h>
#include <mbedtls/ccm.h>
#include <stdlib.h>

struct dd_cipher {
    mbedtls_ccm_context ccm;
};

dd_cipher *dd_cipher_open(const uint8_t key[static DD_CIPHER_KEY]) {
    dd_cipher *cipher = calloc(1, sizeof *cipher);
    if (!cipher) abort();
    mbedtls_ccm_init(&cipher->ccm);
    if (mbedtls_ccm_setkey(&cipher->ccm, MBEDTLS_CIPHER_ID_AES, key, 8 * DD_CIPHER_KEY)) abort();
    return cipher;
}

void dd_cipher_close(dd_cipher *cipher) {
    if (!cipher) return;
    mbedtls_ccm_free(&cipher->ccm);
    free(cipher);
}

static void encrypt(void *context, const dd_ccm *ccm) {
    dd_cipher *cipher = context;
    int error = mbedtls_ccm_encrypt_and_tag(&cipher->ccm, ccm->n, ccm->nonce, DD_NONCE, ccm->header,
                                            ccm->header_n, ccm->from, ccm->to, ccm->to + ccm->n,
                                            ccm->mic_n);
    assert(error == 0);
    (void)error;
}

static bool decrypt(void *context, const dd_ccm *ccm) {
    dd_cipher *cipher = context;
    return mbedtls_ccm_auth_decrypt(&cipher->ccm, ccm->n, ccm->nonce, DD_NONCE, ccm->header,
                                    ccm->header_n, ccm->from, ccm->to, ccm->from + ccm->n,
                                    ccm->mic_n) == 0;
}

dd_security_port dd_cipher_port(dd_cipher *cipher) {
    return (dd_security_port){cipher, encrypt, decrypt};
}
