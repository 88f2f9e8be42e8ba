package samlprofile

import "context"

// Read is what the handler does with an answer before it looks who it is about.
func (p *Provider) Read(ctx context.Context, encoded string) (subject string, err error) {
	d, err := p.describe(ctx)
	if err != nil {
		return "", err
	}
	a, err := p.readAnswer(encoded, d)
	if err == nil {
		err = p.checkAssertion(a.assertion, d.issuer)
	}
	return a.assertion.subject, err
}

// Settle waits until nobody reads the description.
func (p *Provider) Settle(ctx context.Context) error { return p.metadata.Settle(ctx) }
