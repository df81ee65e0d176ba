/*
 * The randoms that go over the wire in a TLS 1.3 handshake.
 */
#include "tls.h"

int main(void)
{
    SSL_CTX *server = new_server(), *client = new_client();
    struct ends ends = shake_hands(server, client);
    unsigned char random[32];

    printf("protocol=%s\n", SSL_get_version(ends.client));
    NEED(SSL_get_client_random(ends.client, random, sizeof(random)) == sizeof(random));
    print_hex("ClientHello random", random, sizeof(random));
    NEED(SSL_get_server_random(ends.client, random, sizeof(random)) == sizeof(random));
    print_hex("ServerHello random", random, sizeof(random));
    part(&ends);
    SSL_CTX_free(server);
    SSL_CTX_free(client);
    print_number("errors", (long)ERR_peek_error());
    return 0;
}
