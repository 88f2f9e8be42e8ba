package casestest

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/internal/errs"
)

// ErrInjected is what a [Failing] store fails with. It matches errs.Unavailable.
var ErrInjected = fmt.Errorf("injected: %w", errs.Unavailable)

// A Fault is a way in which a call fails.
type Fault string

// The faults. What is lost is the answer: the caller cannot tell them apart.
const (
	FaultBefore Fault = "before" // nothing was done
	FaultAfter  Fault = "after"  // it was done, and the answer was lost
)

// A Failing store passes every call on to another, except for one, which fails.
type Failing struct {
	store cases.Store
	nth   int64
	fault Fault
	calls atomic.Int64
}

var _ cases.Store = (*Failing)(nil)

// NewFailing returns a store that fails on the nth call from now, counted from
// 1; 0 never fails.
func NewFailing(store cases.Store, nth int, fault Fault) *Failing {
	return &Failing{store: store, nth: int64(nth), fault: fault}
}

// Calls returns how many calls there were.
func (f *Failing) Calls() int { return int(f.calls.Load()) }

func (f *Failing) do(call func() error) error {
	hit := f.calls.Add(1) == f.nth
	if hit && f.fault == FaultBefore {
		return ErrInjected
	}
	err := call()
	if hit {
		return ErrInjected
	}
	return err
}

func ask[T any](f *Failing, call func() (T, error)) (T, error) {
	var answer, zero T
	if err := f.do(func() (err error) { answer, err = call(); return err }); err != nil {
		return zero, err
	}
	return answer, nil
}

// A page is a list and where it goes on.
type page[T any] struct {
	list []T
	next string
}

func askPage[T any](f *Failing, call func() ([]T, string, error)) ([]T, string, error) {
	p, err := ask(f, func() (p page[T], err error) { p.list, p.next, err = call(); return p, err })
	return p.list, p.next, err
}

// Case implements [cases.Store].
func (f *Failing) Case(ctx context.Context, id string) (cases.Case, error) {
	return ask(f, func() (cases.Case, error) { return f.store.Case(ctx, id) })
}

// Reference implements [cases.Store].
func (f *Failing) Reference(ctx context.Context, reference string) (string, error) {
	return ask(f, func() (string, error) { return f.store.Reference(ctx, reference) })
}

// Save implements [cases.Store].
func (f *Failing) Save(ctx context.Context, list []cases.Case, entries []cases.Entry) error {
	return f.do(func() error { return f.store.Save(ctx, list, entries) })
}

// Cases implements [cases.Store].
func (f *Failing) Cases(ctx context.Context, q cases.Query) ([]cases.Case, string, error) {
	return askPage(f, func() ([]cases.Case, string, error) { return f.store.Cases(ctx, q) })
}

// Count implements [cases.Store].
func (f *Failing) Count(ctx context.Context, q cases.Query, most int) (int, error) {
	return ask(f, func() (int, error) { return f.store.Count(ctx, q, most) })
}

// Entry implements [cases.Store].
func (f *Failing) Entry(ctx context.Context, id string) (cases.Entry, error) {
	return ask(f, func() (cases.Entry, error) { return f.store.Entry(ctx, id) })
}

// Entries implements [cases.Store].
func (f *Failing) Entries(ctx context.Context, of string, internal bool, after, limit int) ([]cases.Entry, error) {
	return ask(f, func() ([]cases.Entry, error) { return f.store.Entries(ctx, of, internal, after, limit) })
}

// Changes implements [cases.Store].
func (f *Failing) Changes(ctx context.Context, after string, limit int) ([]string, string, error) {
	return askPage(f, func() ([]string, string, error) { return f.store.Changes(ctx, after, limit) })
}

// WaitChanges implements [cases.Store].
func (f *Failing) WaitChanges(ctx context.Context, after string) error {
	return f.do(func() error { return f.store.WaitChanges(ctx, after) })
}

// Naming implements [cases.Store].
func (f *Failing) Naming(ctx context.Context, person, after string, limit int) ([]string, error) {
	return ask(f, func() ([]string, error) { return f.store.Naming(ctx, person, after, limit) })
}

// Forget implements [cases.Store].
func (f *Failing) Forget(ctx context.Context, person, pseudonym string) (int, error) {
	return ask(f, func() (int, error) { return f.store.Forget(ctx, person, pseudonym) })
}

// Purge implements [cases.Store].
func (f *Failing) Purge(ctx context.Context, versions map[string]int) (int, error) {
	return ask(f, func() (int, error) { return f.store.Purge(ctx, versions) })
}
