package site

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/stoa-go/stoa/examples/portal/demo"
	"github.com/stoa-go/stoa/profile/layout"
)

// demoOffers is the setting that says that the demo's promotions and rules have
// come: what administrators have removed since does not come back.
const demoOffers = "demo offers"

func (s *Site) seedOffers(ctx context.Context) error {
	state, err := s.db.setting(ctx, demoOffers)
	if err != nil || state == "done" {
		return err
	}
	data, err := demo.Offers()
	if err != nil {
		return err
	}
	var all struct {
		Promotions []layout.Promotion
		Rules      []layout.Rule
	}
	if err := json.Unmarshal(data, &all); err != nil {
		return fmt.Errorf("demo promotions: %w", err)
	}
	for _, p := range all.Promotions {
		_, err := s.arranger.SavePromotion(ctx, system, p)
		if err := unlessElsewhere(err); err != nil {
			return fmt.Errorf("demo promotion %s: %w", p.ID, err)
		}
	}
	for _, r := range all.Rules {
		if err := s.seedRule(ctx, r); err != nil {
			return fmt.Errorf("demo rule %s: %w", r.ID, err)
		}
	}
	return s.db.set(ctx, demoOffers, "done")
}

// seedRule saves a rule about a category, if there is one at its address.
func (s *Site) seedRule(ctx context.Context, r layout.Rule) error {
	found, err := s.library.FindCategory(ctx, system, "en", strings.TrimPrefix(r.Ref, categoryRef))
	if errors.Is(err, layout.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	r.Ref = categoryRef + found.ID
	_, err = s.arranger.SaveRule(ctx, system, r)
	return unlessElsewhere(err)
}

// unlessElsewhere forgives what is there already, and what a portal that
// consists of something else has no place for.
func unlessElsewhere(err error) error {
	if errors.Is(err, layout.ErrInvalid) {
		return nil
	}
	return unlessThere(err)
}
