package oidcprofile

import "context"

// Settle waits until nobody reads the description.
func (p *Provider) Settle(ctx context.Context) error { return p.metadata.Settle(ctx) }
