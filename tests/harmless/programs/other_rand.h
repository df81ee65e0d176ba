/*
 * See other_rand.c.
 */
#ifndef OSRANDOM_TESTS_OTHER_RAND_H
#define OSRANDOM_TESTS_OTHER_RAND_H

extern int other_calls;

int RAND_status(void);
int RAND_poll(void);
void RAND_seed(const void *buffer, int length);
void RAND_add(const void *buffer, int length, double entropy);
int RAND_set_rand_method(const void *method);
const void *RAND_get_rand_method(void);
void *ENGINE_by_id(const char *id);
void *ENGINE_get_first(void);
void ENGINE_cleanup(void);
int CRYPTO_set_mem_functions(void *a, void *b, void *c);

#endif
