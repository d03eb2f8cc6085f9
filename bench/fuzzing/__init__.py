"""Mutation-based fuzzers, one module a target: each has a function `fuzz(run)`."""
