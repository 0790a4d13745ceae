/* The promise of the MAPI Profile Broker, as a machine of a few processes that Spin searches
 * completely: one account, one profile, PROCESSES processes that acquire, release, delete, undelete
 * and sweep it through the client library, and the service with its table and journal. Everything
 * that may go wrong does, at every moment, as often as its budget allows: processes and the service
 * are killed, requests and answers get lost or are carried out late, the journal cannot be written.
 *
 * What a step stands for is told in docs/correctness.md: every TOLD name below has a row there,
 * with the function that does it. TOLD prints the name in a counterexample and costs nothing else.
 *
 * Left out on purpose: more than one profile (profiles share nothing but quotas), quotas, names,
 * and who is calling. One process has one program thread and the library's own timer. */

#ifndef PROCESSES
#define PROCESSES 2
#endif
#ifndef CALLS /* of programs, in all */
#define CALLS 2
#endif
#ifndef KILLS /* of the service */
#define KILLS 0
#endif
#ifndef STOPS /* of the service, in order */
#define STOPS 0
#endif
#ifndef DEATHS /* of processes */
#define DEATHS 0
#endif
#ifndef LOSSES /* requests without an answer in time */
#define LOSSES 0
#endif
#ifndef TROUBLES /* times that the journal cannot be written for a while */
#define TROUBLES 0
#endif
#ifndef FAILURES /* of the remover */
#define FAILURES 0
#endif
#ifndef SWEEPER /* a process that sweeps forever and does nothing else */
#define SWEEPER 255
#endif

#define SWEEPS_FOREVER(p) ((p) == SWEEPER)
#include "mutations.pml"

#define BIT(p) (1 << (p))
#define HAS(mask, p) (((mask) & BIT(p)) != 0)
#define TEXT(words) #words
#define TOLD(name) printf(TEXT(process %d: name\n), me)
#define SERVICE_TOLD(name) printf(TEXT(service: name\n))

/* ---- The machine and the hive ---------------------------------------------------------------- */

byte alive = (1 << PROCESSES) - 1; /* processes */
byte reference_notices; /* Unregistered References: whose */
byte removal_notices;   /* Removals: whose */
bool mark;              /* Deferred Deletions has the profile */

/* What the promise speaks of; nobody in the model looks at these. */
byte live;     /* processes whose program has a reference */
byte removing; /* processes whose remover is deleting the profile */
bool exists = true;
byte deleting; /* processes that asked to delete it while it existed, and it exists still */
bool owed;     /* a program was told that the profile goes when nobody uses it any more */


mtype = { NOTHING };
/* What a process asks, */
mtype = { ACQUIRE, RELEASE, DELETE, UNDELETE, SWEEP, FINISH };
/* and what it hears: nothing, that nobody is there, or an answer. */
mtype = { NO_ANSWER, ABSENT, OK, CLAIM, DEFERRED, NOT_FOUND, BUSY, KEPT, CANNOT_REMEMBER };
/* What becomes of a request, */
mtype = { ANSWERED, LOST, DELAYED, DIED, DIED_HALFWAY };
/* of a removal or of an acquisition, */
mtype = { BEGUN, REMOVED, HELD, IN_WORK, FAILING };
/* and whose request it is. */
mtype = { SETTLE, OWN, REGISTRATION, ERRAND_RELEASE, ERRAND_FINISH, ERRAND_DELETE, ERRAND_SWEEP };

byte calls = CALLS;
byte kills = KILLS;
byte stops = STOPS;
byte deaths = DEATHS;
byte losses = LOSSES;
byte troubles = TROUBLES;
byte failures = FAILURES;
byte i; /* counts within a step */
#ifdef M_CLAIM_WHILE_IN_FLIGHT
byte seen_free;
#endif
#ifdef M_RECORD_AFTER_ANSWER
bool unwritten;
#endif

#include "service.pml"
#include "library.pml"
#include "machine.pml"

init {
  atomic {
    run Machine();
    i = 0;
    do
    :: i < PROCESSES -> run Session(i); run Program(i); i++
    :: else -> break
    od;
    i = 0
  }
}

#ifdef GONE_IN_THE_END
/* The promise, second half. */
ltl gone_in_the_end { [] <> !(owed && (live & alive) == 0) }
#endif
