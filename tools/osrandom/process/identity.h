/*
 * Whose a process is: its program, user, systemd unit and container, as the kernel tells them.
 *
 * The names of cgroups are chosen by who may make them: in a container with cgroups of its own, by
 * that. Nothing here asks for another process's memory, or a name service.
 */
#ifndef OSRANDOM_IDENTITY_H
#define OSRANDOM_IDENTITY_H

#include <stdbool.h>
#include <sys/types.h>

enum { IDENTITY_NAME = 256, IDENTITY_UNIT = 96, IDENTITY_USER = 40 };

/* Names may hold any byte; "" if there is none. */
struct identity {
    bool is_known;            /* the user is */
    uid_t uid;                /* effective, in this program's user namespace */
    char user[IDENTITY_USER]; /* as /etc/passwd has it, else the number */
    char program[IDENTITY_NAME];
    char cgroup[IDENTITY_NAME];
    char unit[IDENTITY_UNIT];      /* "nginx.service", "session-2.scope" */
    char container[IDENTITY_UNIT]; /* the first 12 digits of its id, or the name of a machine */
};

void identity_of(pid_t pid, struct identity *identity);

/* What a path of a cgroup tells, as systemd, Docker, podman, Kubernetes, LXC make them. */
void identity_from_cgroup(struct identity *identity);

/* Reads /etc/passwd. Once, first; without it users are numbers. */
void identity_start(void);

#endif
