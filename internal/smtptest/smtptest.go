// Package smtptest has a small SMTP server for tests, which keeps what it is
// given and misbehaves when it is told to.
package smtptest

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile/profiletest"
)

// A Server is a small SMTP server on this machine. Make one with [Serve].
type Server struct {
	Port  int
	Roots *x509.CertPool    // that its certificate is signed by
	Say   map[string]string // answers to commands, by their first word; "." is the end of a mail; set it before anything is sent

	cert tls.Certificate

	mu      sync.Mutex
	trouble profiletest.Trouble
	secure  int // mails that came through TLS
	logins  []string
	mails   []Envelope
}

// An Envelope is a mail as the server got it.
type Envelope struct {
	From string   // what followed MAIL
	To   []string // what followed each RCPT
	Data string
}

// Serve starts a server for as long as the test runs, which speaks TLS from the
// first byte or when it is asked to.
func Serve(t testing.TB, implicit bool) *Server {
	t.Helper()
	s := &Server{Say: map[string]string{}}
	s.certificate(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s.Port = l.Addr().(*net.TCPAddr).Port
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop); l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				if implicit {
					conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{s.cert}})
				}
				s.talk(conn, implicit, stop)
			}()
		}
	}()
	return s
}

func (s *Server) certificate(t testing.TB) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "smtp.test"}, DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	leaf, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	s.Roots = x509.NewCertPool()
	s.Roots.AddCert(leaf)
	s.cert = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// Behave says how the server behaves from now on.
func (s *Server) Behave(trouble profiletest.Trouble) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trouble = trouble
}

func (s *Server) answer(command string, otherwise string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if said := s.Say[command]; said != "" {
		return said
	}
	return otherwise
}

func (s *Server) talk(conn net.Conn, secure bool, stop <-chan struct{}) {
	s.mu.Lock()
	trouble := s.trouble
	s.mu.Unlock()
	if trouble == profiletest.TroubleHang {
		<-stop
		return
	}
	r := bufio.NewReader(conn)
	reply := func(text string) { fmt.Fprintf(conn, "%s\r\n", text) }
	reply("220 smtp.test ready")
	var e Envelope
	for {
		text, err := r.ReadString('\n')
		if err != nil {
			return
		}
		text = strings.TrimRight(text, "\r\n")
		word, rest, _ := strings.Cut(text, " ")
		switch strings.ToUpper(word) {
		case "EHLO":
			lines := []string{"smtp.test", "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8", "AUTH PLAIN LOGIN"}
			if !secure {
				lines = append(lines, "STARTTLS")
			}
			for i, l := range lines {
				sep := "-"
				if i == len(lines)-1 {
					sep = " "
				}
				reply("250" + sep + l)
			}
		case "STARTTLS":
			reply("220 go ahead")
			conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{s.cert}})
			r, secure = bufio.NewReader(conn), true
		case "AUTH":
			_, secret, _ := strings.Cut(rest, " ")
			plain, _ := base64.StdEncoding.DecodeString(secret)
			s.mu.Lock()
			s.logins = append(s.logins, strings.ReplaceAll(string(plain), "\x00", "|"))
			s.mu.Unlock()
			reply(s.answer("AUTH", "235 2.7.0 welcome"))
		case "MAIL":
			e = Envelope{From: rest}
			reply(s.answer("MAIL", "250 2.1.0 ok"))
		case "RCPT":
			said := s.answer("RCPT", "250 2.1.5 ok")
			if strings.HasPrefix(said, "250") {
				e.To = append(e.To, rest)
			} else {
				said += " " + rest // servers name the recipient
			}
			reply(said)
		case "DATA":
			reply("354 go ahead")
			var data strings.Builder
			for {
				l, err := r.ReadString('\n')
				if err != nil {
					return
				}
				if l == ".\r\n" {
					break
				}
				data.WriteString(strings.TrimPrefix(l, "."))
			}
			e.Data = data.String()
			switch trouble {
			case profiletest.TroubleLater:
				reply("451 4.7.1 later: " + subjectOf(e.Data))
			case profiletest.TroubleForGood:
				reply("550 5.7.1 never: " + subjectOf(e.Data))
			default:
				said := s.answer(".", "250 2.0.0 taken")
				if strings.HasPrefix(said, "250") {
					s.mu.Lock()
					s.mails = append(s.mails, e)
					if secure {
						s.secure++
					}
					s.mu.Unlock()
				}
				reply(said)
			}
		case "QUIT":
			reply(s.answer("QUIT", "221 bye"))
			return
		case "RSET", "NOOP":
			reply(s.answer(strings.ToUpper(word), "250 ok"))
		default:
			reply("502 what")
		}
	}
}

func subjectOf(data string) string {
	m, err := mail.ReadMessage(strings.NewReader(data))
	if err != nil {
		return err.Error()
	}
	text, _ := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	return text
}

// Got returns what the server has taken so far.
func (s *Server) Got() []Envelope {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Envelope(nil), s.mails...)
}

// Secure returns how many mails came through TLS.
func (s *Server) Secure() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.secure
}

// Logins returns what clients signed in with, its parts joined by bars.
func (s *Server) Logins() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.logins...)
}

// A Letter is a mail as its reader gets it.
type Letter struct {
	Header     mail.Header
	Subject    string
	Text, HTML string
}

// Read opens a mail of a plain and an HTML part.
func Read(t testing.TB, data string) Letter {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(data))
	require.NoError(t, err)
	l := Letter{Header: m.Header}
	l.Subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	require.NoError(t, err)
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/alternative", kind)
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return l
		}
		require.NoError(t, err)
		require.Equal(t, "quoted-printable", p.Header.Get("Content-Transfer-Encoding"))
		body, err := io.ReadAll(quotedprintable.NewReader(p))
		require.NoError(t, err)
		switch kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type")); kind {
		case "text/plain":
			require.Empty(t, l.HTML, "the plain text comes first")
			l.Text = strings.ReplaceAll(string(body), "\r\n", "\n")
		case "text/html":
			l.HTML = string(body)
		}
	}
}
