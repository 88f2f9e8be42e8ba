// Package oidcprofile signs people in with an OpenID Connect provider.
//
//	provider, err := oidcprofile.New(identities, sessions, oidcprofile.Config{
//		Issuer: "https://id.example", Client: "portal", Secret: secret,
//		Callback: "https://support.example/sign-in/callback",
//	}, nil)
//	mux.Handle("/sign-in/", http.StripPrefix("/sign-in", provider.Handler()))
//
// A page links to /sign-in/login?return=/the/page, and signs out with a form
// that posts to /sign-in/logout. Who is signed in is for [profile.Sessions] to
// say.
//
// # What is checked
//
// The code flow is used with PKCE, and with a state and a nonce that are good
// once, for ten minutes, in the browser that began. An answer counts only if it
// comes from the provider that was asked, which the cookie remembers and the
// parameter iss confirms. Of the ID token everything is checked: signature
// (RS256, ES256 or PS256, with the provider's published keys), issuer, audience,
// authorised party, nonce, times, subject. The provider's documents are read
// over https, without following redirects, at most 1 MiB of each and within ten
// seconds.
//
// # Who somebody is
//
// A subject of the provider is a person of the directory if an identity says so
// ([profile.Identities]), and what they are here is what the directory says. At
// a first sign-in [Options.Welcome], which is the host's policy, decides.
// Without it, only people who were linked sign in. An e-mail address never links
// anybody by itself, and people who were disabled or removed do not get in.
//
// # Signing out
//
// Signing out ends the session here, and then the one at the provider if it has
// a page for that. A provider that knows the address of /backchannel ends
// sessions here by itself, and with them the pages that are open.
//
// # Several providers
//
// Each has a Provider of its own, under a prefix of its own. An answer for one
// is no answer for the other.
//
// # Errors
//
// What goes wrong is told to the reader in plain words, in their language, and
// to the log with the reason. Neither shows what the provider sent, and no
// secret is in either. New returns an error that matches [profile.ErrInvalid]
// and names the fields.
package oidcprofile
