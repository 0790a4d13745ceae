/* What happens to the processes and to the service: ends, starts, trouble with the journal. */

inline replay() {
  copy_table(TABLE, JOURNAL);
  i = 0;
  do
  :: i < PROCESSES ->
    if
    :: !HAS(alive, i) -> apply_ended(TABLE, i)
    :: else
    fi;
    i++
  :: else -> break
  od;
  i = 0;
  REPLAYED
}

inline rewrite() {
  copy_table(JOURNAL, TABLE);
  journal_empty = STAYS_EMPTY;
  journal_closed = false
}

inline process_dies(p) {
  CLEAR(alive, p);
  CLEAR(live, p);
  CLEAR(removing, p);
  CLEAR(kept, p);
  CLEAR(offered, p);
  CLEAR(registered, p);
  CLEAR(refused, p);
  CLEAR(noticed, p);
  CLEAR(uuid, p);
  CLEAR(temporarily, p);
  CLEAR(owed_delete, p);
  CLEAR(owed_sweep, p);
  CLEAR(starting, p);
  CLEAR(deleting, p);
  CLEAR(held_back, p);
  ledger_claim[p] = 0;
  owed_release[p] = 0;
  owed_finish[p] = 0;
  wanted[p].kind = NOTHING;
  wanted[p].id = 0;
  wanted[p].flag = false;
  got[p] = NOTHING;
  got_id[p] = 0
}

#define MAY_DIE(p) (deaths > 0 && HAS(alive, p) && !SWEEPS_FOREVER(p))
#define IS_LATE(p) (late[p].kind != NOTHING)
/* Something of a dead process is still in the service. */
#define REMAINS(p) (up && SEES_ENDS && !HAS(alive, p) && (IN_USE_BY(table, p) || CLAIM_OF(p) || late[p].kind != NOTHING))

inline process_ended(p) {
  late[p].kind = NOTHING;
  late[p].id = 0;
  late[p].flag = false;
  CLEAR(connected, p);
  if
  :: CLAIM_OF(p) -> granted_on = false
  :: else
  fi;
  if
  :: journal_writable -> note_in_journal(); apply_ended(JOURNAL, p)
  :: else
  fi;
  apply_ended(TABLE, p)
}

/* One of the processes of which that is true; blocks when there is none. */
#if PROCESSES == 2
#define choose_process(which) \
  if :: which(0) -> me = 0 :: which(1) -> me = 1 fi
#else
#define choose_process(which) \
  if :: which(0) -> me = 0 :: which(1) -> me = 1 :: which(2) -> me = 2 fi
#endif

proctype Machine() {
  byte me;
  mtype answer = NOTHING;
end_machine:
  do
  :: atomic {
       choose_process(MAY_DIE);
       deaths--;
       process_dies(me);
       TOLD(process_dies);
       me = 0
     }
  :: atomic {
       choose_process(REMAINS);
       process_ended(me); TOLD(process_ended); me = 0
     }
  :: atomic {
       choose_process(IS_LATE);
       TOLD(late_request);
       BEFORE_SERVING;
       serve(me, late[me].kind, late[me].id, late[me].flag, false);
       AFTER_SERVING;
       if
       :: CLAIM_OF(me) -> granted_on = false
       :: else
       fi;
       late[me].kind = NOTHING;
       late[me].id = 0;
       late[me].flag = false;
       answer = NOTHING;
       me = 0
     }
  :: atomic { up && kills > 0 && MAY_END -> kills--; service_dies(); SERVICE_TOLD(killed) }
  :: atomic { up && stops > 0 && MAY_END ->
       stops--;
       if
       :: CLOSES_CLEANLY -> rewrite(); journal_closed = true; SERVICE_TOLD(stopped_in_order)
       :: else -> SERVICE_TOLD(stopped_without_close)
       fi;
       if
       :: recovering -> service_dies()
       :: else -> service_dies(); ENDS_CALMLY(true)
       fi
     }
  :: atomic { !up ->
       replay();
       recovering = !(journal_closed || journal_empty);
       if
       :: journal_writable -> rewrite()
       :: else
       fi;
       up = true;
       if
       :: recovering -> SERVICE_TOLD(starts_recovering)
       :: else -> SERVICE_TOLD(starts_at_once)
       fi
     }
  :: atomic { up && recovering && MAY_END_RECOVERY -> recovering = false; ENDS_CALMLY(true); SERVICE_TOLD(recovery_ends) }
  :: atomic { troubles > 0 && journal_writable -> troubles--; journal_writable = false; SERVICE_TOLD(journal_trouble) }
  :: atomic { up && !journal_writable -> journal_writable = true; rewrite(); SERVICE_TOLD(journal_mended) }
  WRITE_RECORD
#ifdef LOST_JOURNALS
  :: atomic { !up && !journal_empty -> clear_table(JOURNAL); journal_empty = true; journal_closed = false; SERVICE_TOLD(journal_lost) }
#endif
  od
}
