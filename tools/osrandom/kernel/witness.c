/*
 * See witness.h.
 */
#include "witness.h"

#include <elf.h>
#include <linux/random.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "elf_image.h"

enum { DRAW = 32, PAGE = 4096, ATTEMPTS = 8 };

typedef ssize_t vdso_getrandom(void *buffer, size_t length, unsigned int flags, void *state,
                               size_t state_size);

/* As linux/random.h has it since 6.11: struct vgetrandom_opaque_params. */
struct parameters {
    uint32_t state_size;
    uint32_t mmap_protection;
    uint32_t mmap_flags;
    uint32_t reserved[13];
};

static vdso_getrandom *vdso_call;
static struct parameters vdso;
static unsigned char *state;

/* powerpc's tells errors by a condition bit, which C does not see. */
static bool find_vdso(void)
{
    const ElfW(Ehdr) *header = (const ElfW(Ehdr) *)getauxval(AT_SYSINFO_EHDR);
    struct elf_image image;

#if defined(__powerpc__)
    return false;
#endif
    if (!header || !elf_image_read_at(&image, header))
        return false;
    vdso_call = elf_image_symbol(&image, "__vdso_getrandom");
    if (!vdso_call)
        vdso_call = elf_image_symbol(&image, "__kernel_getrandom");
    if (!vdso_call || vdso_call(NULL, 0, 0, &vdso, ~(size_t)0) != 0 || vdso.state_size == 0 ||
        vdso.state_size > PAGE)
        return false;
    state = mmap(NULL, PAGE, (int)vdso.mmap_protection, (int)vdso.mmap_flags, -1, 0);
    return state != MAP_FAILED;
}

static bool draw(unsigned char bytes[DRAW])
{
    return vdso_call(bytes, DRAW, 0, state, vdso.state_size) == DRAW;
}

/* What the witness remembers: its state before a draw, and what that draw gave. */
static struct {
    unsigned char state[PAGE];
    unsigned char drawn[DRAW];
} memory;

static bool draw_as_before(unsigned char bytes[DRAW])
{
    memcpy(state, memory.state, vdso.state_size);
    return draw(bytes);
}

/* The kernel may reseed by itself, or drop the state, in between: then it is tried again. */
static bool can_repeat(void)
{
    unsigned char bytes[DRAW];

    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (!draw(bytes))
            return false;
        memcpy(memory.state, state, vdso.state_size);
        if (!draw(memory.drawn) || !draw_as_before(bytes))
            return false;
        if (memcmp(bytes, memory.drawn, DRAW) == 0)
            return true;
    }
    return false;
}

static void testify(int channel)
{
    unsigned char bytes[DRAW];
    char word;

    word = find_vdso() && can_repeat() ? 'y' : 'n';
    if (write(channel, &word, 1) != 1 || word == 'n' || read(channel, &word, 1) != 1)
        _exit(0);
    word = 'n';
    if (draw_as_before(bytes) && memcmp(bytes, memory.drawn, DRAW) != 0)
        word = 'y';
    if (write(channel, &word, 1) != 1)
        _exit(1);
    explicit_bzero(&memory, sizeof(memory));
    _exit(0);
}

static char word_from(int channel)
{
    char word;

    return read(channel, &word, 1) == 1 ? word : '\0';
}

static void dismiss(struct witness *witness)
{
    if (witness->channel >= 0)
        close(witness->channel);
    if (witness->process > 0)
        waitpid(witness->process, NULL, 0);
    *witness = (struct witness){.channel = -1};
}

struct witness witness_call(void)
{
    struct witness witness = {.channel = -1};
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return witness;
    witness.process = fork();
    if (witness.process == 0) {
        close(ends[0]);
        testify(ends[1]);
    }
    close(ends[1]);
    witness.channel = ends[0];
    if (witness.process < 0 || word_from(witness.channel) != 'y')
        dismiss(&witness);
    return witness;
}

enum testimony witness_ask(struct witness *witness)
{
    char word = '\0';

    if (witness->channel < 0)
        return WITNESS_CANNOT;
    if (send(witness->channel, "?", 1, MSG_NOSIGNAL) == 1)
        word = word_from(witness->channel);
    dismiss(witness);
    return word == 'y' ? WITNESS_DRAWS_ANEW : word == 'n' ? WITNESS_REPEATS : WITNESS_CANNOT;
}

char *draws_are_plausible(void)
{
    static const unsigned char zero[DRAW];
    unsigned char one[DRAW] = {0}, other[DRAW] = {0};
    char *problem = NULL;
    bool by_vdso = find_vdso();

    if (syscall(SYS_getrandom, one, DRAW, GRND_NONBLOCK) != DRAW)
        problem = text_of("getrandom() gives nothing");
    else if (by_vdso ? !draw(other) : syscall(SYS_getrandom, other, DRAW, GRND_NONBLOCK) != DRAW)
        problem = text_of("the vDSO's getrandom() gives nothing");
    else if (memcmp(one, zero, DRAW) == 0 || memcmp(other, zero, DRAW) == 0)
        problem = text_of("getrandom() gives zeros");
    else if (memcmp(one, other, DRAW) == 0)
        problem = text_of("two draws agree");
    if (by_vdso)
        munmap(state, PAGE);
    explicit_bzero(one, DRAW);
    explicit_bzero(other, DRAW);
    return problem;
}
