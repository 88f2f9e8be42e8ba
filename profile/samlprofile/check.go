package samlprofile

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

const maxLife = 24 * time.Hour // of an assertion: its ID is remembered as long

// checkAssertion checks what an assertion says of itself.
func (p *Provider) checkAssertion(a assertion, issuer string) error {
	if a.issuer != issuer {
		return errors.New("the assertion is from another provider")
	}
	return p.firstOf(a, p.checkName, p.checkConfirmation, p.checkConditions, p.checkAuthn)
}

func (p *Provider) firstOf(a assertion, checks ...func(assertion) error) error {
	for _, check := range checks {
		if err := check(a); err != nil {
			return err
		}
	}
	return nil
}

func (p *Provider) checkName(a assertion) error {
	switch {
	case a.format != p.opts.NameID:
		return fmt.Errorf("the NameID has the format %q and not %q", brief(a.format), p.opts.NameID)
	case a.qualifiers[0] != "" && a.qualifiers[0] != a.issuer, a.qualifiers[1] != "" && a.qualifiers[1] != p.config.Entity:
		return errors.New("the NameID is qualified for others")
	}
	return nil
}

func (p *Provider) checkConfirmation(a assertion) error {
	now, skew := p.clock(), p.opts.Skew
	switch {
	case a.method != bearer:
		return errors.New("the subject is not confirmed by bearing the assertion")
	case a.recipient != p.address("/acs"):
		return errors.New("the assertion is for another recipient")
	case !now.Before(a.confirmedUntil.Add(skew)):
		return errors.New("the assertion has expired")
	case a.confirmedUntil.Sub(now) > maxLife+skew:
		return errors.New("the assertion lives too long")
	}
	return nil
}

func (p *Provider) checkConditions(a assertion) error {
	now, skew := p.clock(), p.opts.Skew
	switch {
	case a.issued.After(now.Add(skew)):
		return errors.New("the assertion was not issued yet")
	case a.issued.Before(now.Add(-maxLife)):
		return errors.New("the assertion was issued too long ago")
	case a.from.After(now.Add(skew)):
		return errors.New("the assertion is not valid yet")
	case !a.until.IsZero() && !now.Before(a.until.Add(skew)):
		return errors.New("the assertion has expired")
	case len(a.audiences) == 0:
		return errors.New("the assertion names no audience")
	}
	for _, one := range a.audiences {
		if !slices.Contains(one, p.config.Entity) {
			return errors.New("the assertion is for another audience")
		}
	}
	return nil
}

func (p *Provider) checkAuthn(a assertion) error {
	now, skew := p.clock(), p.opts.Skew
	switch {
	case a.signedIn.After(now.Add(skew)):
		return errors.New("they have not signed in yet")
	case !a.sessionEnds.IsZero() && !now.Before(a.sessionEnds):
		return errors.New("the session at the provider has ended")
	}
	return nil
}
