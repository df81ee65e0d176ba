/*
 * osrandom bench: what the shim gains and costs on this machine, for the OpenSSL installed.
 */
#ifndef OSRANDOM_BENCH_H
#define OSRANDOM_BENCH_H

/* argv[0] is "bench"; the answer is the exit status. */
int bench_main(int argc, char **argv);

#endif
