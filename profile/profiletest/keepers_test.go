package profiletest_test

import (
	"context"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

// openKeeper returns a Keeper of sessions, with a fault if there is one.
func openKeeper(t *testing.T, fault func(profile.Keeper) faultyKeeper) (profile.Keeper, []string) {
	store := memprofile.New()
	for _, person := range []string{"zqann", "zqann2"} {
		require.NoError(t, store.StartSession(t.Context(), profile.Session{
			ID: person, Person: person, Via: "via-of-" + person + "-", Secret: person, StartedAt: time.Unix(1, 0), SeenAt: time.Unix(1, 0), ExpiresAt: time.Unix(9, 0),
		}))
	}
	k := profile.SessionKeeper(store)
	if fault != nil {
		f := fault(k)
		f.Keeper = k
		k = f
	}
	return k, []string{"via-of-zqann-"}
}

func TestKeeper(t *testing.T) {
	profiletest.TestKeeper(t, func(t *testing.T) (profile.Keeper, []string) { return openKeeper(t, nil) })
}

// faultyKeeper is a good Keeper with one fault: whatever is set replaces it.
type faultyKeeper struct {
	profile.Keeper
	export func(ctx context.Context, person string) iter.Seq2[any, error]
	erase  func(ctx context.Context, person string, how profile.Erasure) (profile.Erased, error)
}

func (f faultyKeeper) Export(ctx context.Context, person string) iter.Seq2[any, error] {
	if f.export != nil {
		return f.export(ctx, person)
	}
	return f.Keeper.Export(ctx, person)
}

func (f faultyKeeper) Erase(ctx context.Context, person string, how profile.Erasure) (profile.Erased, error) {
	if f.erase != nil {
		return f.erase(ctx, person, how)
	}
	return f.Keeper.Erase(ctx, person, how)
}

var brokenKeepers = map[string]func(profile.Keeper) faultyKeeper{
	"keeper: exports nothing": func(k profile.Keeper) faultyKeeper {
		return faultyKeeper{export: func(ctx context.Context, _ string) iter.Seq2[any, error] { return k.Export(ctx, "nobody") }}
	},
	"keeper: exports those whose ID begins alike": func(k profile.Keeper) faultyKeeper {
		return faultyKeeper{export: func(ctx context.Context, person string) iter.Seq2[any, error] {
			return func(yield func(any, error) bool) {
				for _, p := range []string{person, strings.TrimSuffix(person, "2")} {
					for v, err := range k.Export(ctx, p) {
						if !yield(v, err) {
							return
						}
					}
				}
			}
		}}
	},
	"keeper: erases those whose ID begins alike": func(k profile.Keeper) faultyKeeper {
		return faultyKeeper{erase: func(ctx context.Context, person string, how profile.Erasure) (profile.Erased, error) {
			_, _ = k.Erase(ctx, person+"2", how)
			return k.Erase(ctx, person, how)
		}}
	},
	"keeper: keeps what has a pseudonym": func(k profile.Keeper) faultyKeeper {
		return faultyKeeper{erase: func(ctx context.Context, person string, how profile.Erasure) (profile.Erased, error) {
			if how.Mode == profile.EraseModePseudonym {
				return profile.Erased{Renamed: 1}, ctx.Err()
			}
			return k.Erase(ctx, person, how)
		}}
	},
	"keeper: erases once": func(k profile.Keeper) faultyKeeper {
		done := map[string]bool{}
		return faultyKeeper{erase: func(ctx context.Context, person string, how profile.Erasure) (profile.Erased, error) {
			if done[person] {
				return profile.Erased{}, profile.ErrNotFound
			}
			done[person] = true
			return k.Erase(ctx, person, how)
		}}
	},
	"keeper: does not count": func(k profile.Keeper) faultyKeeper {
		return faultyKeeper{erase: func(ctx context.Context, person string, how profile.Erasure) (profile.Erased, error) {
			_, err := k.Erase(ctx, person, how)
			return profile.Erased{}, err
		}}
	},
	"keeper: does not notice a cancelled context": func(k profile.Keeper) faultyKeeper {
		return faultyKeeper{erase: func(ctx context.Context, person string, how profile.Erasure) (profile.Erased, error) {
			return k.Erase(context.WithoutCancel(ctx), person, how)
		}}
	},
	"keeper: hides its errors": func(k profile.Keeper) faultyKeeper {
		return faultyKeeper{export: func(ctx context.Context, person string) iter.Seq2[any, error] {
			return func(yield func(any, error) bool) {
				for v, err := range k.Export(ctx, person) {
					if err != nil || !yield(v, nil) {
						return
					}
				}
			}
		}}
	},
}
