/* One process with our client library: the session, which owns the connection, and the program with
 * the library's calls. They are two threads; the session stands for whoever has the turn, be it the
 * program's call or the timer. */

byte kept;       /* processes whose ledger has a reference that the program has */
byte offered;    /* a service may know it */
byte registered; /* confirmed over the present connection */
byte refused;    /* refused over the present connection */
byte noticed;    /* entered in the hive */
byte uuid;       /* which of a process's two latest UUIDs the reference has */
byte temporarily;
byte ledger_claim[PROCESSES];   /* 1 + UUID of the claim in work or to be reported */
byte owed_release[PROCESSES];   /* errands: 1 + UUID */
byte owed_finish[PROCESSES];    /* 1 + UUID, + 2 when removed */
byte owed_delete;
byte owed_sweep;
byte held_back; /* the deletion is refused for now */
byte starting; /* processes that decide whether to use the profile without the service (a remark) */

/* What the program wants of the session, and what it gets. */
Request wanted[PROCESSES];
mtype got[PROCESSES];
bit got_id[PROCESSES];

#define OF(mask, p) (((mask) >> (p)) & 1)
#define DUE(p) (HAS(kept, p) && !HAS(registered, p))
#define DEBTS(p) (DUE(p) || owed_release[p] || owed_finish[p] || HAS(owed_delete, p) || HAS(owed_sweep, p))
#define SET(mask, p) mask = mask | BIT(p)
#define CLEAR(mask, p) mask = mask & ~BIT(p)

#define IS_SETTLED(p) (!DUE(p) || HAS(refused, p))
#define DELETE_IS_DUE(p) (HAS(owed_delete, p) && !HAS(held_back, p))

/* A granted claim that no program waits for is given back. */
inline give_back_if_claimed() {
  if
  :: answer == CLAIM && ledger_claim[me] == 1 + id -> TOLD(errand_claim_in_work)
  :: answer == CLAIM && ledger_claim[me] != 1 + id ->
    ledger_claim[me] = 1 + id;
    assert(owed_finish[me] == 0);
    owed_finish[me] = 1 + id;
    TOLD(errand_gives_back)
  :: else
  fi
}

inline ask_for(what, which, how) {
  r.kind = what;
  r.id = which;
  r.flag = how
}

inline drop_connection() {
  CLEAR(connected, me);
  CONNECTION_ENDS(me);
  if
  :: CLAIM_OF(me) -> granted_on = false
  :: else
  fi
}

/* The reference leaves the ledger. */
inline take() {
  CLEAR(kept, me);
  CLEAR(registered, me);
  CLEAR(refused, me);
  if
  :: HAS(noticed, me) -> CLEAR(reference_notices, me); CLEAR(noticed, me)
  :: else
  fi
}

inline begins_to_use() {
  SET(live, me);
  exists = true;
  assert((removing & alive) == 0) /* the promise, first half */
}

/* What the service does not know comes first, then errands, then what the program wants. */
inline choose_request() {
  if
  :: DUE(me) && !HAS(refused, me) ->
    SET(offered, me);
    ask_for(ACQUIRE, REGISTRATION_UUID, HAS(temporarily, me));
    purpose = REGISTRATION
  :: IS_SETTLED(me) && owed_finish[me] ->
    ask_for(FINISH, (owed_finish[me] - 1) & 1, owed_finish[me] > 2);
    purpose = ERRAND_FINISH
  :: IS_SETTLED(me) && !owed_finish[me] && owed_release[me] ->
    ask_for(RELEASE, owed_release[me] - 1, false);
    purpose = ERRAND_RELEASE
  :: IS_SETTLED(me) && !owed_finish[me] && !owed_release[me] && DELETE_IS_DUE(me) ->
    ask_for(DELETE, 0, false);
    purpose = ERRAND_DELETE
  :: IS_SETTLED(me) && !owed_finish[me] && !owed_release[me] && !DELETE_IS_DUE(me) && HAS(owed_sweep, me) ->
    ask_for(SWEEP, 0, false);
    purpose = ERRAND_SWEEP
  :: else ->
    if
    :: wanted[me].kind == NOTHING
    :: else ->
      ask_for(wanted[me].kind, wanted[me].id, wanted[me].flag);
      purpose = OWN;
      if
      :: r.kind == ACQUIRE -> SET(offered, me)
      :: r.kind == RELEASE -> take()
      :: else
      fi
    fi
  fi
}

/* The request's fate is chosen freely while there is budget for it. */
inline ask() {
  if
  :: fate = ANSWERED
  :: losses > 0 -> losses--; fate = LOST
  :: losses > 0 -> losses--; fate = DELAYED
  :: kills > 0 && MAY_END -> kills--; fate = DIED
  :: kills > 0 && MAY_END && r.kind == RELEASE -> kills--; fate = DIED_HALFWAY
  fi;
  BEFORE_SERVING;
  if
  :: fate == DELAYED -> late[me].kind = r.kind; late[me].id = r.id; late[me].flag = r.flag; TOLD(request_delayed)
  :: else -> serve(me, r.kind, r.id, r.flag, (fate == DIED_HALFWAY))
  fi;
  AFTER_SERVING;
  SPARE_CLAIMS;
  id = table.claim_id;
  if
  :: fate == ANSWERED -> take_answer()
  :: fate == LOST || fate == DELAYED -> drop_connection(); TOLD(answer_lost); in_turn = false; fail()
  :: fate == DIED || fate == DIED_HALFWAY ->
    service_dies();
    SERVICE_TOLD(killed);
    if
    :: true /* asked once more */
    :: in_turn = false; fail() /* patience is at its end */
    fi
  fi
}

inline take_answer() {
  if
  :: purpose == OWN ->
    if
    :: r.kind == ACQUIRE && answer == OK ->
      SET(kept, me);
      SET(registered, me);
      begins_to_use();
      TOLD(acquired)
    :: else
    fi;
    got[me] = answer;
    got_id[me] = id;
    wanted[me].kind = NOTHING;
    wanted[me].id = 0;
    wanted[me].flag = false
  :: purpose == REGISTRATION && answer == OK ->
    SET(registered, me);
    if
    :: HAS(noticed, me) -> CLEAR(reference_notices, me); CLEAR(noticed, me); TOLD(registered_and_notice_left)
    :: else -> TOLD(registered_again)
    fi
  :: purpose == REGISTRATION && answer != OK ->
    SET(refused, me);
    if
    :: HEEDS(me) -> SET(reference_notices, me); SET(noticed, me)
    :: else
    fi;
    TOLD(registration_refused)
  :: purpose == ERRAND_FINISH -> ledger_claim[me] = 0; owed_finish[me] = 0; TOLD(errand_finished)
  :: purpose == ERRAND_RELEASE ->
    owed_release[me] = 0;
    TOLD(errand_released);
    give_back_if_claimed()
  :: purpose == ERRAND_DELETE ->
    give_back_if_claimed();
    if
    :: answer == CANNOT_REMEMBER -> SET(held_back, me); TOLD(errand_refused)
    :: answer == CLAIM && HEEDS(me) && (reference_notices & alive) != 0 ->
      SET(held_back, me);
      TOLD(errand_waits_for_registration)
    :: else -> CLEAR(owed_delete, me); TOLD(errand_deleted)
    fi
  :: purpose == ERRAND_SWEEP ->
    CLEAR(owed_sweep, me);
    TOLD(errand_swept);
    give_back_if_claimed()
  fi
}

/* The session cannot serve its program now. */
inline fail() {
  if
  :: wanted[me].kind == RELEASE ->
    take();
    if
    :: HAS(offered, me) -> owed_release[me] = 1 + wanted[me].id; TOLD(release_owed)
    :: else
    fi
  :: wanted[me].kind == ACQUIRE -> SET_STARTING
  :: else
  fi;
  if
  :: wanted[me].kind != NOTHING ->
    got[me] = ABSENT;
    got_id[me] = 0;
    wanted[me].kind = NOTHING;
    wanted[me].id = 0;
    wanted[me].flag = false
  :: else
  fi
}

/* One step is one request: connecting, when it takes that, sending and answering. In between others
 * may do anything. */
proctype Session(byte me) {
  Request r;
  mtype answer = NOTHING;
  mtype fate = NOTHING;
  mtype purpose = NOTHING;
  bool in_turn;
  bit id;
  {
  end_idle:
    do
    :: atomic {
         wanted[me].kind != NOTHING && losses > 0 -> /* other threads have the turn all the time */
         losses--;
         TOLD(turn_not_got);
         fail()
       }
    :: atomic {
         (wanted[me].kind != NOTHING || (DEBTS(me) && up) || in_turn) &&
         /* what this process has asked before is carried out before */
         late[me].kind == NOTHING ->
         if
         :: !in_turn && wanted[me].kind == NOTHING ->
           CLEAR(held_back, me);
           CLEAR(refused, me);
           TOLD(timer_settles)
         :: else
         fi;
         in_turn = true;
         if
         :: !HAS(connected, me) && !up -> in_turn = false; fail()
         :: else ->
           if
           :: !HAS(connected, me) ->
             SET(connected, me);
             CLEAR(registered, me);
             CLEAR(refused, me);
             CLEAR(held_back, me);
             CONNECTED;
             TOLD(connects)
           :: else
           fi;
           choose_request();
           if
           :: purpose == NOTHING -> in_turn = false
           :: else -> ask()
           fi;
           answer = NOTHING;
           fate = NOTHING;
           purpose = NOTHING;
           id = 0;
           ask_for(NOTHING, 0, false)
         fi
       }
    od
  } unless { !HAS(alive, me) }
}

/* The program's calls. A step is one access to the hive, or one thing asked of the session. */
inline want(what, which, flagged) {
  NOTE_FREE;
  wanted[me].kind = what;
  wanted[me].id = which;
  wanted[me].flag = flagged
}
#define IS_SERVED(p) (wanted[p].kind == NOTHING)
inline pick_up() {
  answer = got[me];
  id = got_id[me];
  got[me] = NOTHING;
  got_id[me] = 0
}

inline choose_call() {
  if
  :: SWEEPS_FOREVER(me) -> call = SWEEP
  :: !SWEEPS_FOREVER(me) && !HAS(kept, me) -> call = ACQUIRE
  :: !SWEEPS_FOREVER(me) && HAS(kept, me) -> call = RELEASE
  :: !SWEEPS_FOREVER(me) -> call = DELETE
  :: !SWEEPS_FOREVER(me) -> call = UNDELETE
  :: !SWEEPS_FOREVER(me) -> call = SWEEP
  fi;
  if
  :: SWEEPS_FOREVER(me)
  :: else -> calls--
  fi;
  if
  :: call == ACQUIRE ->
    uuid = uuid ^ BIT(me);
    CLEAR(offered, me);
    if
    :: SET(temporarily, me); wrote = !mark; mark = true; TOLD(mark_for_temporary)
    :: CLEAR(temporarily, me)
    fi;
    want(ACQUIRE, OF(uuid, me), HAS(temporarily, me))
  :: call == RELEASE -> CLEAR(live, me); want(RELEASE, OF(uuid, me), false)
  :: call == DELETE -> deleting = deleting | (exists << me); MARK_BEFORE_DELETE; want(DELETE, 0, false)
  :: call == UNDELETE -> wrote = HAS(owed_delete, me); CLEAR(owed_delete, me); TOLD(deletion_forgotten); want(UNDELETE, 0, false)
  :: call == SWEEP -> want(SWEEP, 0, mark)
  fi
}

inline take_back_mark() {
  if
  :: wrote -> mark = false; TOLD(mark_taken_back)
  :: else
  fi
}

inline owe_taken_back() {
  if
  :: answer == ABSENT && HAS(offered, me) -> owed_release[me] = 1 + OF(uuid, me); TOLD(acquire_taken_back)
  :: else
  fi
}

/* Unless there was no profile, or it was deleted meanwhile: then the call has what it wanted. */
inline is_told_deleted() { owed = owed || HAS(deleting, me) }

/* What is left to do of a call, one access to the hive at most, and its return. */
inline conclude() {
  if
  :: call == ACQUIRE && (answer == OK || how == BEGUN) && HAS(temporarily, me) ->
    mark = true;
    owed = true;
    TOLD(mark_for_temporary_again)
  :: call == ACQUIRE && answer != OK && how != BEGUN -> owe_taken_back(); take_back_mark()
  :: call == DELETE && (answer == ABSENT || how == HELD) -> SET(owed_delete, me); is_told_deleted(); TOLD(deletion_owed)
  :: call == DELETE && answer == DEFERRED -> is_told_deleted()
  :: call == DELETE && (answer == BUSY || answer == CANNOT_REMEMBER || how == FAILING) -> take_back_mark()
  :: call == UNDELETE && answer == OK -> mark = false; owed = false; TOLD(mark_undeleted)
  :: call == UNDELETE && answer != OK && wrote -> UNDELETE_FAILED
  :: call == SWEEP && answer == ABSENT -> SWEEP_UNANSWERED
  :: else
  fi;
  CLEAR(deleting, me);
  call = NOTHING;
  answer = NOTHING;
  how = NOTHING;
  wrote = false;
  id = 0
}

inline enter_reference() {
  how = BEGUN;
  if
  :: HEEDS(me) -> SET(reference_notices, me); TOLD(reference_noticed)
  :: else
  fi
}

#ifdef M_NOTICES_READ_FIRST
inline read_then_begin() {
  if
  :: (removal_notices & alive) != 0 -> how = BUSY; conclude()
  :: else -> how = BEGUN
  fi
}
#endif

inline keep_without_service() {
  atomic {
    CLEAR_STARTING;
    if
    :: SEES_REMOVAL(me) ->
      CLEAR(reference_notices, me);
      how = BUSY;
      TOLD(reference_steps_back)
    :: else ->
      if
      :: MAY_BEGIN_UNKNOWN ->
        ENTER_LATE;
        SET(kept, me);
        if
        :: HEEDS(me) -> SET(noticed, me)
        :: else
        fi;
        begins_to_use();
        TOLD(kept_without_service)
      :: else -> how = BUSY
      fi
    fi;
    if
    :: how == BUSY || !HAS(temporarily, me) -> conclude()
    :: else
    fi
  }
  if
  :: how == BEGUN -> atomic { conclude() }
  :: else
  fi
}

inline report() { want(FINISH, id, how == REMOVED) }
inline owe_finish() {
  assert(owed_finish[me] == 0);
  owed_finish[me] = (how == REMOVED -> ledger_claim[me] + 2 : ledger_claim[me]);
  TOLD(finish_owed)
}
inline reported() {
  if
  :: got[me] == ABSENT -> FINISH_UNANSWERED
  :: else -> ledger_claim[me] = 0; TOLD(finish_told)
  fi;
  got[me] = NOTHING;
  got_id[me] = 0
}

inline begin_removal() {
  if
  :: ledger_claim[me] == 1 + id -> how = IN_WORK; TOLD(claim_in_work); conclude()
  :: else ->
    ledger_claim[me] = 1 + id;
    if
    :: HAS(kept, me) -> how = HELD; TOLD(removal_held_by_own_reference); report()
    :: else ->
      how = BEGUN;
      UNMARK_EARLY;
      if
      :: HEEDS(me) -> SET(removal_notices, me); TOLD(removal_noticed)
      :: else
      fi
    fi
  fi
}

inline carry_out() {
  atomic {
    if
    :: HEEDS(me) && (reference_notices & alive) != 0 ->
      CLEAR(removal_notices, me);
      how = HELD;
      TOLD(removal_steps_back);
      report()
    :: else ->
      SET(removing, me);
      assert((live & alive) == 0); /* the promise, first half */
      TOLD(remover_begins)
    fi
  }
  if
  :: how == BEGUN ->
    atomic {
      if
      :: how = REMOVED; exists = false; owed = false; deleting = 0; TOLD(profile_deleted)
      :: failures > 0 -> failures--; how = FAILING; TOLD(remover_fails)
      fi;
      CLEAR(removing, me)
    }
    if
    :: how == REMOVED -> atomic { mark = false; TOLD(mark_removed) }
    :: else
    fi;
    atomic {
      CLEAR(removal_notices, me);
      TOLD(removal_notice_left);
      report()
    }
  :: else
  fi;
  atomic {
    IS_SERVED(me) ->
    reported();
    conclude()
  }
}

proctype Program(byte me) {
  mtype call = NOTHING;
  mtype answer = NOTHING;
  mtype how = NOTHING; /* what became of the removal, or of an acquisition without the service */
  bool wrote;          /* the mark was not there before; undelete: the deletion was owed */
  bit id;
  {
  end_between_calls:
    do
    :: atomic {
         calls > 0 || SWEEPS_FOREVER(me) ->
         choose_call()
       }
       atomic {
         IS_SERVED(me) ->
         pick_up();
         if
         :: answer == CLAIM -> begin_removal()
         :: call == ACQUIRE && answer == ABSENT -> ENTER_REFERENCE
         :: else -> conclude()
         fi
       }
       if
       :: how == BEGUN && answer == CLAIM -> carry_out()
       :: how == HELD -> atomic { IS_SERVED(me) -> reported(); conclude() }
       :: how == BEGUN && answer == ABSENT -> keep_without_service()
       :: else
       fi
    od
  } unless { !HAS(alive, me) }
}
