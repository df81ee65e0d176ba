/*
 * A second preloaded library that serves memory, and ends the process when it is given back a block
 * that it did not make.
 */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void __libc_free(void *block);

enum { ALIGNMENT = 16 };

struct mark {
    void *whole;
    uint32_t size;
    uint32_t ours;
};

static const uint32_t OURS = 0x05ca1ab1;

static struct mark *mark_of(void *block)
{
    struct mark *mark = (struct mark *)block - 1;

    if (mark->ours != OURS) {
        static const char sentence[] = "a block of another allocator is given back\n";

        (void)!write(STDERR_FILENO, sentence, sizeof(sentence) - 1);
        abort();
    }
    return mark;
}

void *memalign(size_t alignment, size_t size)
{
    char *whole = __libc_malloc(size + alignment + sizeof(struct mark));
    uintptr_t block = ((uintptr_t)whole + sizeof(struct mark) + alignment - 1) & -alignment;

    if (!whole)
        return NULL;
    ((struct mark *)block)[-1] = (struct mark){whole, (uint32_t)size, OURS};
    return (void *)block;
}

void *malloc(size_t size)
{
    return memalign(ALIGNMENT, size);
}

void free(void *block)
{
    if (!block)
        return;
    mark_of(block)->ours = 0;
    __libc_free(((struct mark *)block)[-1].whole);
}

void *calloc(size_t count, size_t size)
{
    void *block = __builtin_mul_overflow(count, size, &size) ? NULL : malloc(size);

    return block ? memset(block, 0, size) : NULL;
}

void *realloc(void *block, size_t size)
{
    void *other = malloc(size);

    if (!block || !other)
        return other;
    memcpy(other, block, mark_of(block)->size < size ? mark_of(block)->size : size);
    free(block);
    return other;
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    *block = memalign(alignment, size);
    return *block ? 0 : ENOMEM;
}
