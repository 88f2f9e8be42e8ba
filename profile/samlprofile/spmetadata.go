package samlprofile

import (
	"encoding/base64"
	"net/http"

	"github.com/beevik/etree"
)

// serveMetadata answers with what the portal says of itself.
func (p *Provider) serveMetadata(w http.ResponseWriter, _ *http.Request) error {
	doc := etree.NewDocument()
	doc.CreateProcInst("xml", `version="1.0" encoding="UTF-8"`)
	doc.SetRoot(p.ownMetadata())
	doc.Indent(2)
	data, err := doc.WriteToBytes()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/samlmetadata+xml")
	w.Header().Set("Content-Disposition", `inline; filename="metadata.xml"`)
	_, err = w.Write(data)
	return err
}

func (p *Provider) ownMetadata() *etree.Element {
	el := etree.NewElement("md:EntityDescriptor")
	el.CreateAttr("xmlns:md", namespaces["md"])
	el.CreateAttr("entityID", p.config.Entity)
	role := el.CreateElement("md:SPSSODescriptor")
	role.CreateAttr("protocolSupportEnumeration", protocol)
	signed := "false"
	if len(p.keys) > 0 {
		signed = "true"
	}
	role.CreateAttr("AuthnRequestsSigned", signed)
	role.CreateAttr("WantAssertionsSigned", "true")
	for i, pair := range p.config.Keys {
		if i == 0 {
			addKey(role, "signing", pair.Certificate[0])
		}
		addKey(role, "encryption", pair.Certificate[0])
	}
	for _, binding := range []string{redirect, post} {
		out := role.CreateElement("md:SingleLogoutService")
		out.CreateAttr("Binding", binding)
		out.CreateAttr("Location", p.address("/slo"))
	}
	role.CreateElement("md:NameIDFormat").SetText(p.opts.NameID)
	in := role.CreateElement("md:AssertionConsumerService")
	in.CreateAttr("Binding", post)
	in.CreateAttr("Location", p.address("/acs"))
	in.CreateAttr("index", "0")
	in.CreateAttr("isDefault", "true")
	return el
}

func addKey(role *etree.Element, use string, der []byte) {
	key := role.CreateElement("md:KeyDescriptor")
	key.CreateAttr("use", use)
	info := key.CreateElement("ds:KeyInfo")
	info.CreateAttr("xmlns:ds", namespaces["ds"])
	info.CreateElement("ds:X509Data").CreateElement("ds:X509Certificate").SetText(base64.StdEncoding.EncodeToString(der))
	if use != "encryption" {
		return
	}
	for _, how := range []string{enc11 + "aes256-gcm", enc11 + "aes128-gcm", enc + "aes256-cbc", enc + "aes128-cbc", enc + "rsa-oaep-mgf1p"} {
		key.CreateElement("md:EncryptionMethod").CreateAttr("Algorithm", how)
	}
}
