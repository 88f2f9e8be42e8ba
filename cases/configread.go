package cases

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/profile"
)

//go:embed config.json
var defaultConfig string

// DefaultConfig returns how a desk works if nobody says otherwise: questions,
// problems, requests, complaints, compliments and enquiries, with names in
// English, German, Spanish, Japanese and Arabic; one status for each state; one
// queue.
func DefaultConfig() Config {
	c, err := ReadConfig(strings.NewReader(defaultConfig))
	if err != nil {
		panic("cases: config.json: " + err.Error())
	}
	return c
}

// ReadConfig reads a configuration as JSON. It refuses words that it does not
// know, and what [Config.Check] does.
func ReadConfig(r io.Reader) (Config, error) {
	in := json.NewDecoder(r)
	in.DisallowUnknownFields()
	var c Config
	if err := in.Decode(&c); err != nil {
		return Config{}, fmt.Errorf("cases: %w", err)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return Config{}, errors.New("cases: there is more after the configuration")
	}
	return c, c.Check()
}

// Check returns an error that says all that is wrong with a configuration.
func (c Config) Check() error {
	faults := []error{c.checkStatuses()}
	if len(c.Kinds) == 0 || len(c.Queues) == 0 {
		faults = append(faults, errors.New("there must be at least one kind and one queue"))
	}
	queues := map[Key]bool{}
	for _, q := range c.Queues {
		faults = append(faults, checkKey(queues, "queue", q.Key, q.Names), checkAudience("queue", q.Key, q.Audience))
	}
	kinds := map[Key]bool{}
	for _, k := range c.Kinds {
		faults = append(faults, checkKey(kinds, "kind", k.Key, k.Names), checkAudience("kind", k.Key, k.Audience))
		if k.Queue != "" && !queues[k.Queue] {
			faults = append(faults, fmt.Errorf("kind %q: there is no queue %q", k.Key, k.Queue))
		}
		faults = append(faults, k.check()...)
	}
	return errors.Join(faults...)
}

// checkStatuses makes sure that a case can be in every state.
func (c Config) checkStatuses() error {
	var faults []error
	seen, states := map[Key]bool{}, map[State]bool{}
	for _, s := range c.Statuses {
		faults = append(faults, checkKey(seen, "status", s.Key, s.Names))
		if !slices.Contains(States(), s.State) {
			faults = append(faults, fmt.Errorf("status %q: there is no state %q", s.Key, s.State))
		}
		states[s.State] = true
	}
	for _, s := range States() {
		if !states[s] {
			faults = append(faults, fmt.Errorf("no status is for the state %q", s))
		}
	}
	return errors.Join(faults...)
}

var keyForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

func checkKey(seen map[Key]bool, what string, key Key, names Words) error {
	switch {
	case !keyForm.MatchString(string(key)):
		return fmt.Errorf("%s %q: a key is small letters, digits and hyphens", what, key)
	case seen[key]:
		return fmt.Errorf("%s %q: it is there twice", what, key)
	case len(names) == 0:
		return fmt.Errorf("%s %q: it has no name", what, key)
	}
	seen[key] = true
	for locale, name := range names {
		if err := errors.Join(valid.Locale(locale), valid.Text(name, valid.TextTitle)); err != nil || name == "" {
			return fmt.Errorf("%s %q: its name in %q cannot be used", what, key, locale)
		}
	}
	return nil
}

func checkAudience(what string, key Key, a profile.Audience) error {
	if a == nil {
		return nil
	}
	if _, err := profile.ParseAudience(a); err != nil || a.Nobody() {
		return fmt.Errorf("%s %q: its audience is none", what, key)
	}
	return nil
}

func (k Kind) check() (faults []error) {
	for _, l := range []Level{k.Impact, k.Urgency} {
		if l != "" && !slices.Contains(levels, l) {
			faults = append(faults, fmt.Errorf("kind %q: there is no level %q", k.Key, l))
		}
	}
	before := map[string]bool{}
	for _, f := range k.Fields {
		if err := f.rule().Validate(); err != nil {
			faults = append(faults, fmt.Errorf("kind %q: field %q: %w", k.Key, f.Name, err))
		}
		if before[f.Name] {
			faults = append(faults, fmt.Errorf("kind %q: field %q is there twice", k.Key, f.Name))
		}
		for _, c := range f.When {
			if !before[c.Field] {
				faults = append(faults, fmt.Errorf("kind %q: field %q depends on %q, which is not before it", k.Key, f.Name, c.Field))
			}
		}
		faults = append(faults, checkAudience("field", Key(f.Name), f.Only))
		before[f.Name] = true
	}
	return faults
}

// kind returns a kind by its key.
func (d *Desk) kind(key Key) (Kind, bool) {
	i := slices.IndexFunc(d.config.Kinds, func(k Kind) bool { return k.Key == key })
	if i < 0 {
		return Kind{}, false
	}
	return d.config.Kinds[i], true
}

// status returns a status by its key. One that is no longer configured has no
// name, and what is in it stays in its state.
func (d *Desk) status(key Key) Status {
	for _, s := range d.config.Statuses {
		if s.Key == key {
			return s
		}
	}
	return Status{Key: key}
}

// statusFor returns the first status of a state.
func (d *Desk) statusFor(state State) Status {
	i := slices.IndexFunc(d.config.Statuses, func(s Status) bool { return s.State == state })
	return d.config.Statuses[i]
}

// queue returns a queue by its key, or the first: no case is without one.
func (d *Desk) queue(key Key) Queue {
	for _, q := range d.config.Queues {
		if q.Key == key {
			return q
		}
	}
	return d.config.Queues[0]
}
