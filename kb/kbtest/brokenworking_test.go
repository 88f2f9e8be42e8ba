package kbtest_test

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/stoa-go/stoa/kb"
)

// faultyWorking are the faults that a store can have with what is not saved.
type faultyWorking struct {
	saveWorking func(ctx context.Context, w kb.Working) error
	workings    func(ctx context.Context, person string, limit int) ([]kb.Working, error)
	dropWorking func(ctx context.Context, person, article, locale string) error
	keepLock    func(ctx context.Context, k kb.Lock) error
	locks       func(ctx context.Context, article string, at time.Time) ([]kb.Lock, error)
}

func (f faulty) SaveWorking(ctx context.Context, w kb.Working) error {
	return or(&f.saveWorking, f.saveWorking != nil, f.Store.SaveWorking)(ctx, w)
}

func (f faulty) Workings(ctx context.Context, person string, limit int) ([]kb.Working, error) {
	return or(&f.workings, f.workings != nil, f.Store.Workings)(ctx, person, limit)
}

func (f faulty) DropWorking(ctx context.Context, person, article, locale string) error {
	return or(&f.dropWorking, f.dropWorking != nil, f.Store.DropWorking)(ctx, person, article, locale)
}

func (f faulty) KeepLock(ctx context.Context, k kb.Lock) error {
	return or(&f.keepLock, f.keepLock != nil, f.Store.KeepLock)(ctx, k)
}

func (f faulty) Locks(ctx context.Context, article string, at time.Time) ([]kb.Lock, error) {
	return or(&f.locks, f.locks != nil, f.Store.Locks)(ctx, article, at)
}

// typing changes what is not saved before it is kept.
func typing(change func(w *kb.Working)) breaking {
	return func(s kb.Store) faulty {
		return faulty{faultyWorking: faultyWorking{saveWorking: func(ctx context.Context, w kb.Working) error {
			change(&w)
			return s.SaveWorking(ctx, w)
		}}}
	}
}

// holding changes locks before they are kept.
func holding(change func(k *kb.Lock)) breaking {
	return func(s kb.Store) faulty {
		return faulty{faultyWorking: faultyWorking{keepLock: func(ctx context.Context, k kb.Lock) error {
			change(&k)
			return s.KeepLock(ctx, k)
		}}}
	}
}

// brokenWorking are stores that lose what is not saved, or who is writing.
var brokenWorking = []broke{
	{"forgets what languages share", "Working", typing(func(w *kb.Working) { w.Meta = kb.Meta{} })},
	{"has one unsaved text for all languages", "Working", func(s kb.Store) faulty {
		return faulty{faultyWorking: faultyWorking{saveWorking: func(ctx context.Context, w kb.Working) error {
			other := w
			other.Locale = "de"
			return errors.Join(s.SaveWorking(ctx, w), s.SaveWorking(ctx, other))
		}}}
	}},
	{"keeps the first of what was typed", "Working", func(s kb.Store) faulty {
		return faulty{faultyWorking: faultyWorking{saveWorking: func(ctx context.Context, w kb.Working) error {
			if _, err := s.Working(ctx, w.Person, w.Article, w.Locale); err == nil {
				return nil
			}
			return s.SaveWorking(ctx, w)
		}}}
	}},
	{"lists the oldest unsaved first", "Workings", func(s kb.Store) faulty {
		return faulty{faultyWorking: faultyWorking{workings: func(ctx context.Context, person string, limit int) ([]kb.Working, error) {
			list, err := s.Workings(ctx, person, limit)
			slices.Reverse(list)
			return list, err
		}}}
	}},
	{"lists all that is unsaved", "Workings", func(s kb.Store) faulty {
		return faulty{faultyWorking: faultyWorking{workings: func(ctx context.Context, person string, _ int) ([]kb.Working, error) {
			return s.Workings(ctx, person, 1000)
		}}}
	}},
	{"drops what is unsaved of everybody", "WorkingApart", func(s kb.Store) faulty {
		return faulty{faultyWorking: faultyWorking{dropWorking: func(ctx context.Context, person, article, locale string) error {
			return errors.Join(s.DropWorking(ctx, person, article, locale), s.DropWorking(ctx, "bob", article, locale))
		}}}
	}},
	{"makes pages old for what is unsaved", "WorkingApart", func(s kb.Store) faulty {
		return faulty{faultyWorking: faultyWorking{saveWorking: func(ctx context.Context, w kb.Working) error {
			return errors.Join(s.SaveWorking(ctx, w), s.PutMedia(ctx, kb.Media{Name: "x", At: w.At}))
		}}}
	}},
	{"lets a lock begin anew when it is kept up", "Locks", func(s kb.Store) faulty {
		return faulty{faultyWorking: faultyWorking{keepLock: func(ctx context.Context, k kb.Lock) error {
			return errors.Join(s.DropLock(ctx, k.Article, k.Locale, k.Person), s.KeepLock(ctx, k))
		}}}
	}},
	{"locks an article in all languages", "Locks", holding(func(k *kb.Lock) { k.Locale = "en" })},
	{"ends no lock", "LocksEnd", func(s kb.Store) faulty {
		return faulty{faultyWorking: faultyWorking{locks: func(ctx context.Context, article string, _ time.Time) ([]kb.Lock, error) {
			return s.Locks(ctx, article, time.Time{})
		}}}
	}},
	{"takes any text for unsaved", "WorkingText", func(s kb.Store) faulty {
		return faulty{faultyWorking: faultyWorking{saveWorking: func(ctx context.Context, w kb.Working) error {
			if err := s.SaveWorking(ctx, w); !errors.Is(err, kb.ErrInvalid) {
				return err
			}
			return nil
		}}}
	}},
	{"keeps up locks of whoever has left", "WorkingCancelled", func(s kb.Store) faulty {
		return faulty{faultyWorking: faultyWorking{keepLock: func(ctx context.Context, k kb.Lock) error {
			return s.KeepLock(context.WithoutCancel(ctx), k)
		}}}
	}},
}
