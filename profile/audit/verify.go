package audit

import (
	"context"
	"fmt"

	"github.com/stoa-go/stoa/profile"
)

// A Report is what [Log.Verify] found.
type Report struct {
	Checked int64   // entries that were looked at
	Base    Mark    // what was pruned ends here
	Head    Mark    // the chain ends here; note it elsewhere
	Faults  []Fault // at most 100; none means that the chain is whole
}

// A Fault is a place where the chain is broken.
type Fault struct {
	Seq int64     // of the entry
	Is  FaultKind // what is wrong
}

// A FaultKind says what is wrong with a chain.
type FaultKind string

// The kinds of faults.
const (
	FaultMissing FaultKind = "missing" // entries are gone, from this one on
	FaultChanged FaultKind = "changed" // the entry is not what was written, or was made without the key
	FaultMark    FaultKind = "mark"    // a mark that was noted is not in the chain
)

const mostFaults = 100

// Verify goes through the whole chain and reports where it is broken. Marks that
// were noted earlier must still be in it; one that is older than the chain's
// beginning cannot be checked and is passed over. It takes
// [profile.PermissionAuditRead].
func (l *Log) Verify(ctx context.Context, by profile.Actor, marks ...Mark) (Report, error) {
	if !l.opts.Policy.May(by, profile.PermissionAuditRead) {
		return Report{}, fmt.Errorf("verify audit: %w", profile.ErrForbidden)
	}
	r, err := l.verify(ctx, marks)
	if err != nil {
		return Report{}, fmt.Errorf("verify audit: %w", err)
	}
	return r, nil
}

func (l *Log) verify(ctx context.Context, marks []Mark) (r Report, err error) {
	if r.Base, r.Head, err = l.store.Ends(ctx); err != nil {
		return r, err
	}
	noted := map[int64]string{}
	for _, m := range marks {
		noted[m.Seq] = m.Hash
	}
	at := r.Base
	for at.Seq < r.Head.Seq {
		page, err := l.store.Chain(ctx, at.Seq, 500)
		if err != nil {
			return r, err
		}
		for _, e := range page {
			if e.Seq > r.Head.Seq {
				break // written while we look
			}
			at = r.check(l.opts.Key, at, e, noted)
		}
		if len(page) == 0 {
			break
		}
	}
	if at.Seq != r.Head.Seq {
		r.fault(at.Seq+1, FaultMissing)
	} else if at.Hash != r.Head.Hash {
		r.fault(at.Seq, FaultChanged)
	}
	for _, m := range marks {
		if m.Seq > r.Head.Seq {
			r.fault(m.Seq, FaultMark) // the end was cut off
		}
	}
	return r, nil
}

// check compares an entry with the one before and returns where the chain is.
func (r *Report) check(key []byte, before Mark, e Entry, noted map[int64]string) Mark {
	r.Checked++
	if e.Seq != before.Seq+1 {
		r.fault(before.Seq+1, FaultMissing)
	} else if seal(key, before.Hash, e) != e.Hash {
		r.fault(e.Seq, FaultChanged)
	}
	if hash, ok := noted[e.Seq]; ok && hash != e.Hash {
		r.fault(e.Seq, FaultMark)
	}
	return Mark{e.Seq, e.Hash}
}

func (r *Report) fault(seq int64, is FaultKind) {
	if len(r.Faults) < mostFaults {
		r.Faults = append(r.Faults, Fault{seq, is})
	}
}

// Whole reports whether no fault was found.
func (r Report) Whole() bool { return len(r.Faults) == 0 }
