// Rules about system calls become a seccomp program.

#include <errno.h>

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))

#include "filter.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#else
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

/// The most instructions of one rule: the call, three for each test, the action, and the call's number again.
enum { RULE_LENGTH = 1 + 3 * FILTER_TESTS + 2, HEAD_LENGTH = 8 };

/// Where a half of an argument lies; both architectures are little-endian.
static uint32_t place(const struct filter_test *test) {
    return (uint32_t)(offsetof(struct seccomp_data, args) + 8 * test->argument + 4 * test->half);
}

struct program {
    struct sock_filter *instructions;
    unsigned short length;
};

static void add(struct program *program, uint16_t code, uint32_t value, uint8_t if_true, uint8_t if_false) {
    program->instructions[program->length++] = (struct sock_filter){code, if_true, if_false, value};
}

static void load(struct program *program, uint32_t offset) { add(program, BPF_LD | BPF_W | BPF_ABS, offset, 0, 0); }

static void finish(struct program *program, uint32_t action) { add(program, BPF_RET | BPF_K, action, 0, 0); }

/// Expects the call's number in the accumulator, and leaves it there for the next rule.
static void add_rule(struct program *program, const struct filter_rule *rule) {
    uint8_t length = 1;
    for (uint8_t i = 0; i < rule->count; i++) length += rule->tests[i].mask == UINT32_MAX ? 2 : 3;
    // A test that fails goes to the instruction that loads the number again; another call goes behind it.
    uint8_t behind = rule->count == 0 ? length : (uint8_t)(length + 1);
    add(program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)rule->call, 0, behind);
    uint8_t left = length;
    for (uint8_t i = 0; i < rule->count; i++) {
        const struct filter_test *test = &rule->tests[i];
        load(program, place(test));
        if (test->mask != UINT32_MAX) {
            add(program, BPF_ALU | BPF_AND | BPF_K, test->mask, 0, 0);
            left--;
        }
        left -= 2;
        add(program, BPF_JMP | BPF_JEQ | BPF_K, test->value, 0, left);
    }
    finish(program, rule->action);
    if (rule->count > 0) load(program, offsetof(struct seccomp_data, nr));
}

int host_filter(const struct filter_rule *rules, size_t count, uint32_t otherwise) {
    if (count > (BPF_MAXINSNS - HEAD_LENGTH) / RULE_LENGTH) return E2BIG;
    struct program program = {calloc(count * RULE_LENGTH + HEAD_LENGTH, sizeof(struct sock_filter)), 0};
    if (program.instructions == NULL) return ENOMEM;
    load(&program, offsetof(struct seccomp_data, arch));
    add(&program, BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
    finish(&program, SECCOMP_RET_KILL_PROCESS);
    load(&program, offsetof(struct seccomp_data, nr));
#if defined(__x86_64__)
    // The numbers of the x32 interface are others.
    add(&program, BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1);
    finish(&program, FAIL(ENOSYS));
#endif
    for (size_t i = 0; i < count; i++) add_rule(&program, &rules[i]);
    finish(&program, otherwise);
    struct sock_fprog filter = {program.length, program.instructions};
    long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter);
    // A positive number names a thread that could not follow.
    int error = result == 0 ? 0 : result > 0 ? EAGAIN : errno;
    free(program.instructions);
    return error;
}

#endif
