/*
 * See reseed.h.
 */
#include "reseed.h"

#include <stdlib.h>

#include "base/memory.h"
#include "generator.h"

static char *mix_and_reseed(const struct seed *given, const struct seed *gathered)
{
    char *problem = NULL;

    if (!generator_is_of_today())
        return text_of("this kernel's generator (before Linux 5.18) keeps its key when it is told "
                       "to reseed");
    if (given->length > 0)
        problem = generator_mix(given);
    if (!problem)
        problem = generator_mix(gathered);
    return problem ? problem : generator_reseed();
}

static char *why_not_taken(enum testimony testimony)
{
    char *problem, *sentence;

    if (testimony == WITNESS_REPEATS)
        return text_of("it did not take: a process that drew before repeats its draw");
    problem = draws_are_plausible();
    sentence = problem ? text_of("it did not take: %s", problem) : NULL;
    free(problem);
    return sentence;
}

char *kernel_reseed(const struct seed *given, struct seed *gathered, struct reseeded *reseeded)
{
    struct witness witness;
    char *problem;

    reseeded->machine = machine_gather(gathered);
    witness = witness_call();
    problem = mix_and_reseed(given, gathered);
    reseeded->testimony = witness_ask(&witness);
    return problem ? problem : why_not_taken(reseeded->testimony);
}
