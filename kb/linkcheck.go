package kb

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/stoa-go/stoa/internal/outbound"
)

// How addresses elsewhere are checked: a few hosts at a time, each of them one
// request after the other, and seldom.
const (
	checkHosts    = 4
	checkPerHost  = 10
	checkAtOnce   = 100
	checkEvery    = 7 * 24 * time.Hour
	checkFaulty   = 24 * time.Hour
	checkLease    = 10 * time.Minute // for which another instance lets an address be
	checkTries    = 3                // before it is said that nobody answers
	checkHops     = 5
	checkBackOff  = time.Hour
	checkerCalled = "Mozilla/5.0 (compatible; StoaLinkCheck)"
)

// CheckAddresses asks, of some of the addresses that texts lead to and that are
// due, whether there is anything. It does nothing if Options.Checker is nil. Any
// number of instances may do it; [Library.Run] does.
func (l *Library) CheckAddresses(ctx context.Context) error {
	if l.checker == nil {
		return nil
	}
	due, err := l.store.DueLinks(ctx, []LinkKind{LinkAddress}, l.clock(), checkAtOnce)
	if err != nil {
		return fmt.Errorf("addresses to check: %w", err)
	}
	hosts := map[string][]LinkTarget{}
	for _, t := range due {
		if u, err := url.Parse(t.To); err == nil && len(hosts[u.Host]) < checkPerHost {
			hosts[u.Host] = append(hosts[u.Host], t)
		}
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	turns := make(chan struct{}, checkHosts)
	for _, list := range hosts {
		turns <- struct{}{}
		wg.Go(func() {
			defer func() { <-turns }()
			if hostErr := l.checkHost(ctx, list); hostErr != nil {
				mu.Lock()
				err = errors.Join(err, hostErr)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return err
}

// checkHost checks addresses of one host. If it is troubled, the others wait.
func (l *Library) checkHost(ctx context.Context, list []LinkTarget) error {
	for i, t := range list {
		wait, err := l.checkAddress(ctx, t)
		if err != nil {
			return err
		}
		if wait == 0 {
			continue
		}
		for _, other := range list[i+1:] {
			other.DueAt, other.Version = l.clock().Add(wait), other.Version+1
			if err := l.keepTarget(ctx, other); err != nil && !errors.Is(err, errTaken) {
				return err
			}
		}
		return nil
	}
	return nil
}

// errTaken is when another instance is at an address.
var errTaken = errors.New("another instance is at it")

func (l *Library) keepTarget(ctx context.Context, t LinkTarget) error {
	err := l.store.SaveLinkTarget(ctx, t)
	if errors.Is(err, ErrConflict) || errors.Is(err, ErrNotFound) {
		return errTaken
	}
	if err != nil {
		return fmt.Errorf("address %s: %w", t.To, err)
	}
	return nil
}

// checkAddress checks one address, and returns for how long its host is to be
// left alone. One that no text leads to any more is not asked for.
func (l *Library) checkAddress(ctx context.Context, t LinkTarget) (wait time.Duration, err error) {
	uses, _, err := l.store.LinksTo(ctx, LinkQuery{Kind: LinkAddress, To: t.To, Limit: 1})
	if err != nil {
		return 0, fmt.Errorf("address %s: %w", t.To, err)
	}
	t.Version, t.DueAt = t.Version+1, l.clock().Add(checkLease)
	if len(uses) == 0 {
		t.State, t.DueAt = LinkUnknown, time.Time{} // until a text does again
	}
	if err := l.keepTarget(ctx, t); err != nil || len(uses) == 0 {
		return 0, unlessTaken(err)
	}
	status, wait, err := l.probe(ctx, t.To)
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	t.Version++
	t.judged(l.clock(), status, wait, err)
	if err != nil {
		wait = max(wait, checkBackOff)
	}
	return wait, unlessTaken(l.keepTarget(ctx, t))
}

func unlessTaken(err error) error {
	if errors.Is(err, errTaken) {
		return nil
	}
	return err
}

// judged notes what came of asking for an address.
func (t *LinkTarget) judged(now time.Time, status int, wait time.Duration, err error) {
	t.CheckedAt, t.Status = now, status
	switch {
	case err == nil && wait > 0: // too many questions: nothing is known
		t.DueAt = now.Add(wait)
	case err == nil && (status == http.StatusNotFound || status == http.StatusGone):
		t.State, t.Tries, t.DueAt = LinkUnreachable, 0, now.Add(checkFaulty)
	case err == nil && status < 500:
		t.State, t.Tries, t.DueAt = LinkOK, 0, now.Add(checkEvery)
	default:
		t.Tries++
		t.DueAt = now.Add(checkBackOff << min(t.Tries-1, 4))
		if t.Tries >= checkTries {
			t.State, t.DueAt = LinkUnreachable, now.Add(checkFaulty)
		}
	}
}

// probe asks for an address: first for the headers alone and then, of a server
// that does not answer that well, for the page.
func (l *Library) probe(ctx context.Context, address string) (status int, wait time.Duration, err error) {
	for _, method := range []string{http.MethodHead, http.MethodGet} {
		status, wait, err = l.follow(ctx, method, address)
		if err != nil || wait > 0 || status < 400 {
			break
		}
	}
	return status, wait, err
}

// follow asks for an address, and for those that it leads on to.
func (l *Library) follow(ctx context.Context, method, address string) (int, time.Duration, error) {
	for range checkHops {
		r, err := http.NewRequestWithContext(ctx, method, address, nil)
		if err != nil {
			return 0, 0, err
		}
		r.Header.Set("User-Agent", checkerCalled)
		r.Header.Set("Accept", "*/*")
		status, header, err := outbound.Do(l.checker, r)
		if err != nil {
			return 0, 0, err
		}
		if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
			return status, max(outbound.RetryAfter(header, l.clock()), checkBackOff), nil
		}
		to, err := r.URL.Parse(header.Get("Location"))
		leads := slices.Contains([]int{301, 302, 303, 307, 308}, status) && header.Get("Location") != ""
		if !leads || err != nil || to.Scheme != "https" && to.Scheme != "http" {
			return status, 0, nil
		}
		address = to.String()
	}
	return http.StatusLoopDetected, 0, nil
}
