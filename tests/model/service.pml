/* ---- The service ----------------------------------------------------------------------------- */

/* A reference is a process and one of its two latest UUIDs, a claim a process and one of two. */
typedef Table {
  byte references[2]; /* processes */
  bool temporary;
  bool deferred;
  byte claim; /* process + 1 */
  bit claim_id;
  byte released; /* 1 + the UUID whose release was answered with the claim */
}
Table known[KNOWN]; /* what the service knows, and what its journal knows */
#define TABLE 0
#define JOURNAL 1
#define table known[TABLE]
#define journal known[JOURNAL]
bool journal_empty = EMPTY_AT_FIRST;
bool journal_closed;
bool journal_writable = true;
bool up = true;
bool recovering;
bool granted_on; /* the connection that the claim was granted on is open */
byte connected;  /* processes */
byte next_claim; /* per process: the UUID of its next claim */
bool ended_calmly = true; /* the service's last end left nothing to recover from (a remark) */

/* What a process asks, and what was asked but not waited for: carried out later. */
typedef Request {
  mtype kind = NOTHING;
  bit id;     /* of the reference or the claim */
  bool flag;  /* acquire: temporary; sweep: the mark names the profile; finish: removed */
}
Request late[PROCESSES];

#define IN_USE(t) ((t.references[0] | t.references[1]) != 0)
#define IN_USE_BY(t, p) HAS(t.references[0] | t.references[1], p)
#define TO_BE_DELETED(t) (t.temporary || t.deferred)
#define CLAIM_OF(p) (table.claim == (p) + 1)

inline copy_table(to, from) {
  known[to].references[0] = known[from].references[0];
  known[to].references[1] = known[from].references[1];
  known[to].temporary = known[from].temporary;
  known[to].deferred = known[from].deferred;
  known[to].claim = known[from].claim;
  known[to].claim_id = known[from].claim_id;
  known[to].released = known[from].released
}
inline end_claim(t) {
  known[t].claim = 0;
  known[t].claim_id = 0;
  known[t].released = 0
}
inline clear_table(t) {
  known[t].references[0] = 0;
  known[t].references[1] = 0;
  known[t].temporary = false;
  known[t].deferred = false;
  end_claim(t)
}

/* The changes of service/change.h, to the journal first and then to the table. */
inline apply_acquired(t, p, u, temp) {
  known[t].references[u] = known[t].references[u] | BIT(p);
  known[t].temporary = known[t].temporary || temp
}
inline apply_released(t, p, u) { known[t].references[u] = known[t].references[u] & ~BIT(p) }
inline apply_claimed(t, p, u, of_release) {
  known[t].claim = p + 1;
  known[t].claim_id = u;
  known[t].released = of_release
}
inline apply_finished(t, gone) {
  known[t].temporary = known[t].temporary && !gone;
  known[t].deferred = known[t].deferred && !gone;
  end_claim(t)
}
inline apply_undeleted(t) {
  known[t].temporary = false;
  known[t].deferred = false
}
inline apply_ended(t, p) {
  known[t].references[0] = known[t].references[0] & ~BIT(p);
  known[t].references[1] = known[t].references[1] & ~BIT(p);
  if
  :: CLAIM_ENDS_WITH(p) -> end_claim(t)
  :: else
  fi
}
inline note_in_journal() {
  journal_empty = false;
  journal_closed = false
}

inline grant(p, of_release) {
  note_in_journal();
  apply_claimed(JOURNAL, p, (next_claim >> p) & 1, of_release);
  apply_claimed(TABLE, p, (next_claim >> p) & 1, of_release);
  next_claim = next_claim ^ BIT(p);
  granted_on = true;
  answer = CLAIM
}

/* Each serve_ is one call of Dispatcher::handle, which nothing interrupts but the service's death. */
inline serve_acquire(p, u, temp) {
  if
  :: HAS(table.references[u], p) -> answer = OK; TOLD(acquire_known)
  :: else ->
    if
    :: table.claim != 0 -> answer = BUSY; TOLD(acquire_refused_claimed)
    :: table.claim == 0 && table.deferred && !IN_USE_BY(table, p) && !recovering -> answer = BUSY; TOLD(acquire_refused_deferred)
    :: else ->
      if
      :: !journal_writable -> answer = CANNOT_REMEMBER; TOLD(acquire_not_remembered)
      :: else ->
        note_in_journal();
        apply_acquired(JOURNAL, p, u, temp);
        apply_acquired(TABLE, p, u, temp);
        answer = OK;
        TOLD(acquire_granted)
      fi
    fi
  fi
}

/* halfway: the service dies between its two records. */
inline serve_release(p, u, halfway) {
  if
  :: !HAS(table.references[u], p) ->
    if
    :: CLAIM_OF(p) && table.released == 1 + u -> answer = CLAIM; granted_on = true; TOLD(release_claim_again)
    :: else -> answer = NOT_FOUND; TOLD(release_unknown)
    fi
  :: else ->
    if
    :: journal_writable -> note_in_journal(); apply_released(JOURNAL, p, u)
    :: else
    fi;
    apply_released(TABLE, p, u);
    if
    :: !halfway && !IN_USE(table) && TO_BE_DELETED(table) && !recovering && journal_writable ->
      grant(p, 1 + u);
      TOLD(release_last_claimed)
    :: else -> answer = OK; TOLD(release_done)
    fi
  fi
}

inline claim_again(p) {
  if
  :: CLAIM_OF(p) && !granted_on MAY_CLAIM_AGAIN -> granted_on = true; answer = CLAIM; TOLD(claim_again)
  :: else -> answer = BUSY; TOLD(being_removed)
  fi
}

inline serve_delete(p) {
  if
  :: table.claim != 0 -> claim_again(p)
  :: table.claim == 0 && IS_FREE(p) && !recovering && journal_writable -> grant(p, 0); TOLD(delete_claimed)
  :: table.claim == 0 && (!IS_FREE(p) || recovering) && table.deferred -> answer = DEFERRED; TOLD(delete_deferred_known)
  :: table.claim == 0 && (!IS_FREE(p) || recovering) && !table.deferred && journal_writable ->
    note_in_journal();
    journal.deferred = true;
    table.deferred = true;
    answer = DEFERRED;
    TOLD(delete_deferred)
  :: else -> answer = CANNOT_REMEMBER; TOLD(delete_not_remembered)
  fi
}

inline serve_undelete(p) {
  if
  :: table.claim != 0 -> answer = BUSY; TOLD(undelete_refused)
  :: table.claim == 0 && TO_BE_DELETED(table) && !journal_writable -> answer = CANNOT_REMEMBER; TOLD(undelete_not_remembered)
  :: else ->
    if
    :: TO_BE_DELETED(table) -> note_in_journal(); apply_undeleted(JOURNAL); apply_undeleted(TABLE)
    :: else
    fi;
    answer = OK;
    TOLD(undelete_done)
  fi
}

inline serve_sweep(p, named) {
  if
  :: table.claim != 0 -> claim_again(p)
  :: table.claim == 0 && IS_FREE(p) && (named || TO_BE_DELETED(table)) && !recovering && journal_writable ->
    grant(p, 0);
    TOLD(sweep_claimed)
  :: else -> answer = KEPT; TOLD(sweep_kept)
  fi
}

inline serve_finish(p, u, gone) {
  if
  :: CLAIM_OF(p) && table.claim_id == u ->
    if
    :: journal_writable -> note_in_journal(); apply_finished(JOURNAL, gone)
    :: else
    fi;
    apply_finished(TABLE, gone);
    granted_on = false;
    answer = OK;
    TOLD(finish_done)
  :: else -> answer = NOT_FOUND; TOLD(finish_unknown)
  fi
}

inline serve(p, what, which, how, halfway) {
  if
  :: what == ACQUIRE -> serve_acquire(p, which, how)
  :: what == RELEASE -> serve_release(p, which, halfway)
  :: what == DELETE -> serve_delete(p)
  :: what == UNDELETE -> serve_undelete(p)
  :: what == SWEEP -> serve_sweep(p, how)
  :: what == FINISH -> serve_finish(p, which, how)
  fi
}

/* Its end takes the table and the connections with it; what was on its way is lost. */
inline forget_late() {
  i = 0;
  do
  :: i < PROCESSES -> late[i].kind = NOTHING; late[i].id = 0; late[i].flag = false; i++
  :: else -> break
  od;
  i = 0
}

inline service_dies() {
  LOSE_RECORD;
  up = false;
  recovering = false;
  ENDS_CALMLY(false);
  connected = 0;
  granted_on = false;
  clear_table(TABLE);
  forget_late()
}
