/**
 * Certificate of the SAML service provider in the configuration of zones. Its private key was
 * discarded, because the sandbox does not sign SAML messages.
 */
export const samlCertificate = [
  '-----BEGIN CERTIFICATE-----',
  'MIIDGzCCAgOgAwIBAgIUUmSCeLjYpgF6yor0AS/10v5PWDYwDQYJKoZIhvcNAQEL',
  'BQAwHDEaMBgGA1UEAwwRdHBrcyBzYW5kYm94IFNBTUwwIBcNMjYxMTI3MTQwNDU3',
  'WhgPMjEyNjExMDMxNDA0NTdaMBwxGjAYBgNVBAMMEXRwa3Mgc2FuZGJveCBTQU1M',
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA+t4hPoc0Rje2+ODyNQXO',
  '+ClUeBZkjgpTxWNdMxMAQqp1R3P+zBOaXxQZXHKneIDUgoj3JKEIqviUiHeu7iN4',
  'YhoKNzr5+yKoMS+0rFARNgD9X3z/ukhQ0jCHkmyrzGtDe7NJo6k//ISBjmPjqc5O',
  'zMKQ0pOHRukPqfMRfeMbDCgHcFP8XI32sJU5bcpaznfJcFWGWB8PDjIvJCP3GC5Z',
  'LvElfyFgOufiLdORyS/JsaVrpmqsWSOzoe2HWnq2gL7HMPMGiPXl1J+Aqp8aQhDF',
  '5X3vyfK7IQuhPGzigmMoavpnP7rAP8vRFIY8oyl5PEX7ZTpOp0Wc9vFsGazEjw/X',
  'gQIDAQABo1MwUTAdBgNVHQ4EFgQUkwBGWojQRG+huPcnnkXaG7AXkfAwHwYDVR0j',
  'BBgwFoAUkwBGWojQRG+huPcnnkXaG7AXkfAwDwYDVR0TAQH/BAUwAwEB/zANBgkq',
  'hkiG9w0BAQsFAAOCAQEAvoX+uWev00E3j7V7QhOq8bljP7c3q8M/qQGYf3UWmH9z',
  'EQ0WkhkHbGjxFgU3+Ih08uHVKJL2WUAB/zPMHqTh5C6vPzHPwv+27DhtrKBGQzAQ',
  'z/wilrXuGwij63a3vHg2SI3liCkFRj1RDQgtGsrDcV10i00mGaF6n1VvexjWBEzt',
  '/91cHIcIHQIy0ceGgG0yBQGXfY+ZFuJFolTwdj3RdR70dYIrtvsqGwLsU6Hp6N7a',
  'VBJD3eqe7Pz8TybVvAxU3C4gph7lv9jwUeRIiq1IWYiHaA+a7qmKXEmua+b0H0MI',
  '4+h9H92VYtliQ/B/L86FZRWSS6jmoqfJzO2C+n4+1A==',
  '-----END CERTIFICATE-----',
  '',
].join('\n');
