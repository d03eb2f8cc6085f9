// The processors that the scheduler may run this process on, which Swift cannot ask for.
#ifndef MYSTARION_CPROCESSORS_H
#define MYSTARION_CPROCESSORS_H

/// How many processors this process may run on, by its affinity, which cpusets are part of; those of the machine where
/// that cannot be told.
int processors_allowed(void);

#endif
