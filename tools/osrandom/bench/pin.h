/*
 * Keeps what is compared on one processor: two processes that take turns otherwise settle on one
 * each, and a processor that is slow for seconds, as a virtual one with a busy neighbour is, then
 * looks like a slow process.
 */
#ifndef OSRANDOM_BENCH_PIN_H
#define OSRANDOM_BENCH_PIN_H

/* The calling thread, and what it starts from here on: to one processor, the same in all processes
 * that may use the same ones; and back. */
void bench_pin(void);
void bench_unpin(void);

#endif
