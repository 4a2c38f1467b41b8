"""Which short names and host names a company may have. Pure."""

import re
from typing import Final

from kernel.errors import Invalid
from kernel.text import _

SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
HOST = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+")
SHORTEST_SLUG, LONGEST_SLUG, LONGEST_HOST = 3, 40, 200

# A company's short name is a host name under ours. None of these may belong to a customer: our own
# services, what browsers and mail servers look for by itself, and what would lend a
# stranger our authority.
RESERVED_SLUGS: Final = frozenset(
    """
    about abuse access account accounts acme activate activity admin administration administrator
    admins affiliate analytics android announce api apis app apple apps archive asset
    assets atom auth authentication autoconfig autodiscover backup backups banner bbs
    billing blog board bot bots broadcasthost broker browser bucket bug bugs business cache
    calendar callback campaign cancel careers cas cdn cdns certificate certs changelog chat
    citus client clients cloud cms code company compose conference config configuration connect
    console contact contact-us cookie copyright council cpanel crm css customer customers
    dashboard data database debug default delete demo deploy design dev develop developer
    developers development dns docs documentation domain download downloads edge edit email
    emails enterprise error errors events example exchange export external faq favicon feed feeds
    feedback file files firewall forgot forum forums free ftp gateway git github gitlab grafana
    graphql group groups guanjia guest guide health healthz help helpdesk home host hosting
    hostmaster html http httpd https icons image images imap img import inbox info install
    integration internal intranet invite invites invoice ios ipp isatap issue issues jenkins job
    jobs js json ldap legal license load localdomain localhost log login logout logs mail mail1
    mail2 mailer mailer-daemon mails maintenance manage management manager marketing master media
    message messages metrics mobile monitor monitoring mx my mysql net network new news
    newsletter nginx no-reply nobody noreply notifications ns ns1 ns2 ns3 null oauth office
    official offline openid operate operation operations operator operators order orders owner
    owners page pages partner partners password passwords pay payment payments pgbouncer photo
    ping pki plan plans platform policy pop pop3 portal post postgres postmaster preview pricing
    privacy private prod production profile project projects prometheus promo property proxy
    public purchase push query queue readyz recover redirect redis register registry release
    remote report reports reset resource resources rest root router rss sales sandbox schema
    search secure security sentry server service services session settings setup share shop
    signin signout signup sip site sitemap sites smtp social sql ssh ssl sso staff stage staging
    stat static statistics stats status storage store stripe sub subscribe subscriptions
    superuser supplier support survey sync sysadmin sysadmins system systems team telnet template
    tenant tenants terms test testing tests ticket tickets tls token tokens tools traffic
    translate trust unsubscribe update updates upload uploads usenet user username users uucp
    valkey vendor vendors video vpn web webadmin webhook webhooks webmail webmaster website wiki
    wpad www www1 www2 xml
    """.split()  # noqa: SIM905 - a list of 390 literals is no easier to read
)


class SlugInvalid(Invalid):
    code = "companies.slug-invalid"


class SlugReserved(Invalid):
    code = "companies.slug-reserved"


class DomainInvalid(Invalid):
    code = "companies.domain-invalid"


def check_slug(slug: str) -> None:
    """Return if ``slug`` may be a company's short name.

    :raises SlugInvalid: if it is no lower-case host label of 3 to 40 characters.
    :raises SlugReserved: if it is kept for the platform itself.
    """
    if not (SHORTEST_SLUG <= len(slug) <= LONGEST_SLUG and SLUG.fullmatch(slug)):
        raise SlugInvalid(
            _(
                "A short name has 3 to 40 characters: lower-case letters, digits and single "
                "hyphens, beginning with a letter."
            ),
            field="slug",
        )
    if slug in RESERVED_SLUGS:
        raise SlugReserved(_("This short name is kept for the platform itself."), field="slug")


def check_domain(domain: str, base_domain: str) -> None:
    """Return if ``domain`` may be a customer's own host name.

    A name under ours could stand in for another company's, so it is refused.

    :raises DomainInvalid: otherwise.
    """
    if len(domain) > LONGEST_HOST or not HOST.fullmatch(domain):
        raise DomainInvalid(
            _("This is no host name, e.g. service.example.com in lower case."), field="domain"
        )
    if domain == base_domain or domain.endswith(f".{base_domain}"):
        raise DomainInvalid(
            _("Host names under the platform's own are given by the short name."), field="domain"
        )
