package main

import (
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/stoa-go/stoa/examples/portal/site"
)

// samlOptions are what the command line says of a SAML provider, in files and
// lists.
type samlOptions struct {
	metadata, certs, keys    string
	domains, admins, factors string
}

func (o *samlOptions) flags(f *flag.FlagSet, c *site.SAML) {
	f.StringVar(&o.metadata, "saml-metadata", "", "`file` or https address with the metadata of the SAML provider that people sign in with; needs -base-url, whose /saml/metadata the provider wants")
	f.StringVar(&c.Issuer, "saml-issuer", "", "what the SAML provider calls itself, its entityID; needed where -saml-metadata is an address")
	f.StringVar(&c.Entity, "saml-entity", "", "what the SAML provider calls the portal; empty means the address of /saml/metadata")
	f.StringVar(&c.Name, "saml-name", "", "`name` of the SAML provider where people choose between several; empty takes its host")
	f.StringVar(&o.certs, "saml-cert", "", "`files` with the portal's certificates, the one that signs first")
	f.StringVar(&o.keys, "saml-key", "", "`files` with the RSA keys of -saml-cert, in the same order")
	f.StringVar(&c.NameID, "saml-nameid", "", "`format` of the names that the SAML provider sends: persistent, email or unspecified; empty means persistent")
	f.StringVar(&o.factors, "saml-strong", "", "authentication `contexts` of the SAML provider that prove a second factor, the best first")
	f.StringVar(&o.domains, "saml-domains", "", "`domains` whose e-mail addresses the SAML provider may vouch for")
	f.StringVar(&o.admins, "saml-admins", "", "`addresses` in -saml-domains of people who become administrators when they first sign in")
	f.BoolVar(&c.Open, "saml-open", false, "whoever the SAML provider knows becomes a customer; otherwise people must have been linked")
	f.BoolVar(&c.Unasked, "saml-unasked", false, "the SAML provider may sign people in by itself (IdP-initiated)")
}

// read reads the files that the flags name.
func (o *samlOptions) read(c *site.SAML) (err error) {
	c.Domains, c.Admins, c.Strong = list(o.domains), list(o.admins), list(o.factors)
	switch {
	case strings.HasPrefix(o.metadata, "https://"):
		c.MetadataURL = o.metadata
	case o.metadata != "":
		if c.Metadata, err = os.ReadFile(o.metadata); err != nil {
			return fmt.Errorf("-saml-metadata: %w", err)
		}
	}
	certs, keys := list(o.certs), list(o.keys)
	if len(certs) != len(keys) {
		return errors.New("-saml-cert and -saml-key belong together: say as many of the one as of the other")
	}
	for i := range certs {
		pair, err := tls.LoadX509KeyPair(certs[i], keys[i])
		if err != nil {
			return fmt.Errorf("-saml-cert: %w", err)
		}
		c.Keys = append(c.Keys, pair)
	}
	return nil
}
