// A table of rules about system calls, and the seccomp program that it becomes.
// Reference: Linux, Documentation/userspace-api/seccomp_filter.rst.
#ifndef MYSTARION_FILTER_H
#define MYSTARION_FILTER_H

#include <stddef.h>
#include <stdint.h>

/// One half of an argument, held against a value under a mask. Arguments have 64 bits, filters compare 32.
struct filter_test {
    uint8_t argument, half;
    uint32_t mask, value;
};

enum { FILTER_TESTS = 3 };

/// What to do with a call whose tests all succeed. Of several rules for one call the first that fits decides.
struct filter_rule {
    int call;
    uint32_t action;
    uint8_t count;
    struct filter_test tests[FILTER_TESTS];
};

/// The argument's lower half has this value.
#define IS(argument, value) {argument, 0, 0xffffffffu, (uint32_t)(value)}
/// The argument's lower half has none of these bits.
#define HAS_NONE(argument, bits) {argument, 0, (uint32_t)(bits), 0}
/// The argument's lower half is `value` once the bits of `ignored` are left out.
#define IS_BUT_FOR(argument, value, ignored) {argument, 0, ~(uint32_t)(ignored), (uint32_t)(value)}
/// The pointer is null.
#define IS_NULL(argument) {argument, 0, 0xffffffffu, 0}, {argument, 1, 0xffffffffu, 0}

#define ALLOW SECCOMP_RET_ALLOW
#define FAIL(error) (SECCOMP_RET_ERRNO | (error))

#define RULE(name, action) {SYS_##name, action, 0, {{0}}}
#define RULE_IF(name, action, count, ...) {SYS_##name, action, count, {__VA_ARGS__}}

/// Puts a filter in force over every thread: the rules in their order, and `otherwise` for calls that no rule fits.
/// Programs of another architecture's calls end the process. Returns 0 or an errno value.
int host_filter(const struct filter_rule *rules, size_t count, uint32_t otherwise);

#endif
