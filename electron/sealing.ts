import type { SafeStorage } from 'electron/main';
import type { Sealing } from '../shared/node/vault.ts';

/** Only what stays: the members that answer at once go with Electron 46. */
type AsyncStorage = Pick<
  SafeStorage,
  'decryptStringAsync' | 'encryptStringAsync' | 'getSelectedStorageBackend' | 'isAsyncEncryptionAvailable'
>;

/** Back ends that keep the key from whoever reads the disk. `basic_text` has its key in Chromium's source, and says it is available. */
const keyrings: readonly string[] = ['gnome_libsecret', 'kwallet', 'kwallet5', 'kwallet6'];

/** The operating system's encryption by Electron. Asked before the application is ready, it says that there is none. */
export function createSealing(storage: AsyncStorage, platform: string): Sealing {
  return {
    async whyNot() {
      if (platform === 'linux' && !keyrings.includes(storage.getSelectedStorageBackend()))
        return 'this desktop has no keyring that Podium knows (GNOME Keyring or KWallet)';
      return (await storage.isAsyncEncryptionAvailable()) ? null : 'the keyring is locked, or there is none';
    },
    async seal(text) {
      return (await storage.encryptStringAsync(text)).toString('base64');
    },
    async open(sealed) {
      const { result, shouldReEncrypt } = await storage.decryptStringAsync(Buffer.from(sealed, 'base64'));
      return { text: result, isOld: shouldReEncrypt };
    },
  };
}
