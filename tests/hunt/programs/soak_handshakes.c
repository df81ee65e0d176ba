/*
 * See soak.h. A handshake is a new connection and a new session, by this host's OpenSSL.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "soak.h"

enum { SECONDS_TO_ANSWER = 20 };

static int connect_to(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct timeval patience = {.tv_sec = SECONDS_TO_ANSWER};
    struct linger at_once = {.l_onoff = 1}; /* no port waits for a straggler */
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    if (connect(connection, (struct sockaddr *)&address, sizeof(address)) == 0)
        return connection;
    close(connection);
    return -1;
}

static bool shake(SSL_CTX *context, int port, unsigned char random[RANDOM_LENGTH])
{
    int connection = connect_to(port);
    SSL *ssl = connection < 0 ? NULL : SSL_new(context);
    bool done = false;

    if (ssl && SSL_set_fd(ssl, connection) == 1 && SSL_connect(ssl) == 1)
        done = SSL_get_server_random(ssl, random, RANDOM_LENGTH) == RANDOM_LENGTH;
    if (done)
        SSL_shutdown(ssl);
    SSL_free(ssl);
    if (connection >= 0)
        close(connection);
    return done;
}

void *handshakes_make(void *argument)
{
    struct handshakes *handshakes = argument;
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    unsigned char random[RANDOM_LENGTH];

    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    while (!handshakes->stop) {
        unsigned int before = handshakes->killed;
        size_t place;

        if (!shake(context, handshakes->port, random)) {
            bool excused = before % 2 || before != handshakes->killed;

            atomic_fetch_add(excused ? &handshakes->cut : &handshakes->failed, 1);
            continue;
        }
        place = atomic_fetch_add(&handshakes->done, 1);
        if (place < MOST_HANDSHAKES)
            memcpy(handshakes->randoms[place], random, RANDOM_LENGTH);
    }
    SSL_CTX_free(context);
    return NULL;
}

static int compare(const void *one, const void *other)
{
    return memcmp(one, other, RANDOM_LENGTH);
}

size_t handshakes_repeated(struct handshakes *handshakes)
{
    size_t count = handshakes->done < MOST_HANDSHAKES ? handshakes->done : MOST_HANDSHAKES;
    size_t repeated = 0;

    qsort(handshakes->randoms, count, RANDOM_LENGTH, compare);
    for (size_t i = 1; i < count; i++)
        repeated += compare(handshakes->randoms[i - 1], handshakes->randoms[i]) == 0;
    return repeated;
}
