import { zoneName } from '../../ui/format.ts';

/** Engines list some zones by the name that a city had when its zone was first written down; both names mean the same zone. */
const renamed: Readonly<Record<string, string>> = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Godthab': 'America/Nuuk',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
};

/** Every zone that can be chosen, by the name that its people use, in alphabetical order. */
export function zonesToChoose(): { readonly id: string; readonly title: string }[] {
  const ids = new Set(Intl.supportedValuesOf('timeZone').map((id) => renamed[id] ?? id));
  return [...ids]
    .map((id) => ({ id, title: zoneName(id) }))
    .sort((a, b) => a.title.localeCompare(b.title, 'en-GB'));
}
