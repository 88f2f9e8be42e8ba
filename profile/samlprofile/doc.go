// Package samlprofile signs people in with a SAML 2.0 identity provider.
//
//	provider, err := samlprofile.New(identities, sessions, samlprofile.Config{
//		Address:  "https://support.example/saml",
//		Metadata: metadata, // a file that the provider gave
//		Keys:     []tls.Certificate{pair},
//	}, nil)
//	mux.Handle("/saml/", http.StripPrefix("/saml", provider.Handler()))
//
// A page links to /saml/login?return=/the/page, and signs out with a form that
// posts to /saml/logout. Who is signed in is for [profile.Sessions] to say.
//
// # How to set it up with your identity provider
//
//  1. Make a key and a certificate, which nobody needs to have signed:
//     openssl req -x509 -newkey rsa:3072 -nodes -days 1095 -subj /CN=portal -keyout saml.key -out saml.crt
//  2. Get the provider's metadata, as a file or as an https address.
//     Keycloak: Realm settings, "SAML 2.0 Identity Provider Metadata".
//     Entra ID: Single sign-on, "App Federation Metadata Url".
//     Okta: Sign On, "Metadata URL". Shibboleth: its metadata/idp-metadata.xml.
//  3. Start the portal with it and give the provider the address of /metadata, or
//     type what is there: the entity ID is that address, the place that answers
//     are posted to (ACS, reply URL) is /acs, the one for sign-out is /slo.
//  4. Let the provider sign assertions with RSA and SHA-256, and send a persistent
//     NameID; for another format set [Options].NameID. If it encrypts, choose
//     AES-GCM and RSA-OAEP, or let it sign the response too.
//  5. Let it send displayName and mail, or say in [Options].NameFrom and
//     [Options].EmailFrom what it sends.
//  6. Say who gets in: link people by their NameID ([profile.Identities.Link]), or
//     set [Options].Welcome.
//
// [Provider.Check] tells early whether the metadata can be used. What is refused
// later is in the log with the reason.
//
// # What is checked
//
// Requests go by redirect, signed if there is a key; answers come by POST. An
// answer is believed if a signature covers its one assertion, made with RSA and
// SHA-256 or better by a key of the provider's metadata; what is read is what was
// signed, and nothing else of the document. Issuer, audience, recipient,
// destination, times, confirmation and the request that it answers have to be
// exactly right. An assertion counts once on all instances, a request once, and
// both in the browser that began. Documents with types, entities, comments or
// anything else that two readers could read in two ways are refused, and so are
// large ones. What nobody asked for is refused unless [Options].Unasked takes it;
// whoever gets somebody to open an unasked answer has signed them in as
// themselves.
//
// The provider's form comes from another site and brings none of the portal's
// cookies, all of which are Lax. So /acs checks the answer, gives the browser a
// sealed proof and sends it to /done, which sees the cookie of the browser that
// began. What is said of somebody new travels in that cookie, packed; a provider
// that sends more than a few thousand bytes of groups should send fewer.
//
// CBC has no proof of origin, so it is opened only within a signed response.
// RSA with PKCS 1.5 padding is not opened at all.
//
// # Certificates
//
// Trust is in the metadata and in nothing else: a certificate is a key that they
// name, whoever issued it, and what a signature says of its own key is not looked
// at. All that are named count, so that a provider can change from one to the
// next. One that is outside of its time, or whose RSA key has less than 2048
// bits, counts for nothing; metadata without any other, or past their validUntil,
// are refused. The log warns for the last 30 days. Metadata from an address are
// read again after an hour, and at once if a signature was made with a key that
// they did not name; while they are read, and while they cannot be had, the last
// ones serve for a day.
// A file is read by [New] and serves until its validUntil, if it has one.
// The metadata's own signature is not checked: the file is yours, the address is
// https.
//
// Of the portal's keys the first signs and all decrypt, so that it can change its
// own: put the new one second, let the provider read the metadata, then first.
//
// # Who somebody is
//
// A NameID of the provider is a person of the directory if an identity says so
// ([profile.Identities]), and what they are here is what the directory says. At
// a first sign-in [Options.Welcome], which is the host's policy, decides.
// Without it, only people who were linked sign in. An e-mail address never links
// anybody by itself; [Claims].Email has it only if its domain is one of
// [Options].Domains. People who were disabled or removed do not get in.
//
// The format of the NameID is fixed, so that a name is not taken for the same one
// in another format. Transient names are refused: they name nobody for good. With
// [NameIDEmail] whoever is given somebody's old address is them.
//
// # Signing out
//
// Signing out ends the session here, and then the one at the provider if it takes
// such requests by redirect and there is a key. A signed request of the
// provider's at /slo ends the sessions here that it names, or all of the person.
// Providers that do this in frames cannot clear the browser's cookie, but the
// session has ended. A session ends when the assertion says so
// (SessionNotOnOrAfter).
//
// # Errors
//
// What goes wrong is told to the reader in plain words, in their language, and
// to the log with the reason. Neither shows what the provider sent, and no
// name is in either. New returns an error that matches [profile.ErrInvalid]
// and names the fields, and says what is wrong with metadata.
//
// Not supported: answers by artifact, requests by POST, ECDSA, encrypted NameIDs,
// sign-out by SOAP.
package samlprofile
