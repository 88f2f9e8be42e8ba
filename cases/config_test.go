package cases_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/profile"
)

func TestDefaultConfig(t *testing.T) {
	c := cases.DefaultConfig()
	require.NoError(t, c.Check())
	for _, locale := range []string{"en", "de", "es", "ja", "ar"} {
		for _, k := range c.Kinds {
			require.NotEmpty(t, k.Names[locale], "%s in %s", k.Key, locale)
			require.NotEmpty(t, k.About[locale], "%s in %s", k.Key, locale)
			for _, f := range k.Fields {
				require.NotEmpty(t, f.Label[locale], "%s in %s", f.Name, locale)
			}
		}
		for _, s := range c.Statuses {
			require.NotEmpty(t, s.Names[locale], "%s in %s", s.Key, locale)
		}
	}
}

func TestCheckConfig(t *testing.T) {
	name := cases.Words{"en": "A name"}
	for want, change := range map[string]func(*cases.Config){
		"at least one kind":                    func(c *cases.Config) { c.Kinds = nil },
		`no status is for the state "waiting"`: func(c *cases.Config) { c.Statuses[2].State = cases.StateOpen },
		`there is no state "limbo"`:            func(c *cases.Config) { c.Statuses[2].State = "limbo" },
		"it is there twice":                    func(c *cases.Config) { c.Kinds[1].Key = c.Kinds[0].Key },
		"small letters":                        func(c *cases.Config) { c.Queues[0].Key = "Support!" },
		"it has no name":                       func(c *cases.Config) { c.Queues[0].Names = nil },
		"cannot be used":                       func(c *cases.Config) { c.Queues[0].Names = cases.Words{"en": "a\nb"} },
		`there is no queue "billing"`:          func(c *cases.Config) { c.Kinds[0].Queue = "billing" },
		"its audience is none":                 func(c *cases.Config) { c.Kinds[0].Audience = profile.Audience{} },
		`there is no level "max"`:              func(c *cases.Config) { c.Kinds[0].Urgency = "max" },
		"not before it": func(c *cases.Config) {
			c.Kinds[0].Fields = []cases.Field{{Name: "a", Label: name, When: []cases.Condition{{Field: "b"}}}, {Name: "b", Label: name}}
		},
		`field "a" is there twice`: func(c *cases.Config) {
			c.Kinds[0].Fields = []cases.Field{{Name: "a", Label: name}, {Name: "a", Label: name}}
		},
		`field "a":`: func(c *cases.Config) { c.Kinds[0].Fields = []cases.Field{{Name: "a", Label: name, Pattern: "("}} },
	} {
		c := cases.DefaultConfig()
		change(&c)
		require.ErrorContains(t, c.Check(), want)
		require.Panics(t, func() { cases.NewDesk(nil, &cases.Options{Config: &c}) })
	}
}

func TestReadConfig(t *testing.T) {
	for text, want := range map[string]string{
		`{"kinds":[],"colour":"red"}`: `unknown field "colour"`, `{} {}`: "more after", `{"kinds":[]}`: "at least one kind", `[`: "unexpected",
	} {
		_, err := cases.ReadConfig(strings.NewReader(text))
		require.ErrorContains(t, err, want, text)
	}
}
