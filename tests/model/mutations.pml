/* Deliberate mistakes, one a run: check.sh demands that Spin finds what each does to the promise.
 * What is right stands after #else, and is what all other runs have. */

/* A removal is decided by what the table said when the program asked, not by what it says now. */
#ifdef M_CLAIM_WHILE_IN_FLIGHT
#define NOTE_FREE seen_free = (seen_free & ~BIT(me)) | ((1 - IN_USE(table)) << me)
#define IS_FREE(p) HAS(seen_free, p)
#else
#define NOTE_FREE skip
#define IS_FREE(p) (!IN_USE(table))
#endif

/* A restart drops the claims, */
#ifdef M_CLAIM_DROPPED_BY_RESTART
#define REPLAYED end_claim(TABLE)
#else
/* or the references of processes that live, */
#ifdef M_REFERENCES_DROPPED_BY_RESTART
#define REPLAYED known[TABLE].references[0] = 0; known[TABLE].references[1] = 0
#else
#define REPLAYED skip
#endif
#endif

/* or what was kept only after it was answered. */
#ifdef M_RECORD_AFTER_ANSWER
#define KNOWN 3
#define BEFORE_SERVING copy_table(2, JOURNAL)
#define AFTER_SERVING unwritten = true
#define WRITE_RECORD :: atomic { unwritten -> unwritten = false }
#define LOSE_RECORD if :: unwritten -> copy_table(JOURNAL, 2); unwritten = false :: else fi
#else
#define KNOWN 2
#define BEFORE_SERVING skip
#define AFTER_SERVING skip
#define WRITE_RECORD
#define LOSE_RECORD skip
#endif

/* A reference lives as long as its connection. */
#ifdef M_CONNECTION_IS_LIFE
#define CONNECTION_ENDS(p) apply_ended(TABLE, p); apply_ended(JOURNAL, p)
#else
#define CONNECTION_ENDS(p) skip
#endif

/* The end of a process is not seen, */
#ifdef M_END_UNSEEN
#define SEES_ENDS false
#else
#define SEES_ENDS true
#endif
/* or its claim does not end with it. */
#ifdef M_CLAIM_OUTLIVES_PROCESS
#define CLAIM_ENDS_WITH(p) false
#else
#define CLAIM_ENDS_WITH(p) (known[t].claim == p + 1)
#endif

/* Who uses a profile without the service looks for removals before he enters himself. */
#ifdef M_NOTICES_READ_FIRST
#define ENTER_REFERENCE read_then_begin()
#define SEES_REMOVAL(p) false
#define ENTER_LATE SET(reference_notices, me)
#else
#define ENTER_REFERENCE enter_reference()
#define SEES_REMOVAL(p) (HEEDS(p) && (removal_notices & alive) != 0)
#define ENTER_LATE skip
#endif

/* A notice is taken away before the service knows the reference. */
#ifdef M_NOTICE_LEFT_EARLY
#define CONNECTED CLEAR(reference_notices, me)
#else
#define CONNECTED skip
#endif

/* A reference that is registered again gets another UUID. */
#ifdef M_NEW_UUID
#define REGISTRATION_UUID (1 - OF(uuid, me))
#else
#define REGISTRATION_UUID OF(uuid, me)
#endif

/* A deletion is not marked in the hive, */
#ifdef M_NO_MARK
#define MARK_BEFORE_DELETE skip
#else
#define MARK_BEFORE_DELETE wrote = !mark; mark = true; TOLD(mark_for_deletion)
#endif
/* or its mark is taken away before the remover runs. */
#ifdef M_MARK_REMOVED_EARLY
#define UNMARK_EARLY mark = false
#else
#define UNMARK_EARLY skip
#endif

/* The library forgets that a removal's end has yet to be told, */
#ifdef M_FINISH_FORGOTTEN
#define FINISH_UNANSWERED ledger_claim[me] = 0
#else
#define FINISH_UNANSWERED owe_finish()
#endif
/* that a sweep's answer, in which there may be claims, got lost, */
#ifdef M_SWEEP_FORGOTTEN
#define SWEEP_UNANSWERED skip
#else
#define SWEEP_UNANSWERED SET(owed_sweep, me); TOLD(sweep_owed)
#endif
/* or a deletion, because of an undeletion that failed. */
#ifdef M_UNDELETE_FORGETS
#define UNDELETE_FAILED skip
#else
#define UNDELETE_FAILED SET(owed_delete, me); TOLD(deletion_owed_again)
#endif

/* A recovering service does not give a claim again to who has it, */
#ifdef M_NO_CLAIM_AGAIN_IN_RECOVERY
#define MAY_CLAIM_AGAIN && !recovering
#else
#define MAY_CLAIM_AGAIN
#endif
/* closes its journal when it is stopped, */
#ifdef M_CLOSED_WHILE_RECOVERING
#define CLOSES_CLEANLY journal_writable
#else
#define CLOSES_CLEANLY (journal_writable && !recovering)
#endif
/* or leaves no trace when it has nothing to remember. */
#ifdef M_EMPTY_JOURNAL
#define EMPTY_AT_FIRST true
#define STAYS_EMPTY (!IN_USE(table) && !TO_BE_DELETED(table) && table.claim == 0)
#else
#define EMPTY_AT_FIRST false
#define STAYS_EMPTY false
#endif

/* Not a mistake but another world: nobody looks into the hive, and the recovery time is all there
 * is. What it takes for that: programs begin without the service only when it did not end in order,
 * all of them register before the recovery time is over, and nobody has a claim when it dies. */
#ifdef WITHOUT_NOTICES
#define HEEDS(p) false
#define CLEAR_STARTING CLEAR(starting, me)
#define SET_STARTING SET(starting, me)
#define ENDS_CALMLY(yes) ended_calmly = yes
#define MAY_BEGIN_UNKNOWN (!ended_calmly)
#define MAY_END (table.claim == 0)
#define SPARE_CLAIMS \
  if :: fate == DIED && table.claim != 0 -> kills++; fate = ANSWERED :: else fi
#define MAY_END_RECOVERY (((live | starting) & alive & ~(table.references[0] | table.references[1])) == 0)
#else
#define HEEDS(p) true
#define CLEAR_STARTING skip
#define SET_STARTING skip
#define ENDS_CALMLY(yes) skip
#define MAY_BEGIN_UNKNOWN true
#define MAY_END true
#define SPARE_CLAIMS skip
#define MAY_END_RECOVERY true
#endif
