/*
 * See notices.h.
 */
#include "notices.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "random.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char text[1024];

void keep_notice(enum random_notice notice, enum random_source source, int error)
{
    size_t used;

    pthread_mutex_lock(&lock);
    used = strlen(text);
    snprintf(text + used, sizeof(text) - used, "%s%s %s %s", used ? ", " : "",
             notice == RANDOM_NOTICE_LOST ? "lost" : "unseeded", random_source_name(source),
             strerrorname_np(error));
    pthread_mutex_unlock(&lock);
}

const char *notices(void)
{
    return text;
}
