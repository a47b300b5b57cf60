export {
  CredentialSource,
  KeyProbe,
  MarketSource,
  Secret,
  SignedCallLog,
  type Credential,
  type KeyFacts,
  type KeyProbeFailureCode,
  type KeyProbeResult,
  type KeyPurpose,
  type SignedCall,
} from './ports.js';
