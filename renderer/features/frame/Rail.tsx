import './Rail.css';
import type { ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { type Page, showPage, useView } from '../../state/view.ts';

const items: readonly { readonly page: Page; readonly title: string; readonly icon: ReactNode }[] = [
  {
    page: 'map',
    title: 'Map',
    icon: (
      <>
        <circle cx="4" cy="9" r="2" />
        <circle cx="14" cy="4" r="2" />
        <circle cx="14" cy="14" r="2" />
        <path d="M6 8.2 12 4.8M6 9.8l6 3.4" />
      </>
    ),
  },
  { page: 'services', title: 'Services', icon: <path d="M3 4.5h12M3 9h12M3 13.5h12" /> },
  {
    page: 'config',
    title: 'Config',
    icon: (
      <>
        <path d="M3 5h5M12 5h3M3 13h3M10 13h5" />
        <circle cx="10" cy="5" r="2" />
        <circle cx="8" cy="13" r="2" />
      </>
    ),
  },
  {
    page: 'journal',
    title: 'Journal',
    icon: <path d="M4 2.5h8.5a1.5 1.5 0 0 1 1.5 1.5v11.5H5.500A1.5 1.5 0 0 1 4 14zM7 6h4M7 9h4" />,
  },
  {
    page: 'sources',
    title: 'Sources',
    icon: (
      <>
        <ellipse cx="9" cy="4.5" rx="5.5" ry="2.2" />
        <path d="M3.5 4.500v9c0 1.2 2.5 2.2 5.5 2.200s5.5-1 5.5-2.200v-9M3.5 9c0 1.2 2.5 2.2 5.5 2.200s5.5-1 5.5-2.2" />
      </>
    ),
  },
  {
    page: 'settings',
    title: 'Settings',
    icon: (
      <>
        <circle cx="9" cy="9" r="2.5" />
        <path d="M9 2v2.500M9 13.500V16M2 9h2.500M13.500 9H16M4 4l1.800 1.800M12.200 12.200 14 14M14 4l-1.800 1.800M5.800 12.200 4 14" />
      </>
    ),
  },
];
/** What concerns the connections and the window itself stands below. */
const below: ReadonlySet<Page> = new Set(['sources', 'settings']);

/** The places to be, and below them what concerns the window itself. */
export function Rail() {
  const page = useView((view) => view.page);
  const buttonOf = (item: (typeof items)[number]) => (
    <AriaButton
      key={item.page}
      className={item.page === page ? 'railItem on' : 'railItem'}
      onPress={() => showPage(item.page)}
      aria-current={item.page === page ? 'page' : false}
    >
      <Icon>{item.icon}</Icon>
      {item.title}
    </AriaButton>
  );
  return (
    <nav className="rail" aria-label="Pages">
      {items.filter((item) => !below.has(item.page)).map(buttonOf)}
      <span className="grow" />
      {items.filter((item) => below.has(item.page)).map(buttonOf)}
      <AriaButton className="railItem" onPress={() => useView.setState({ helpOpen: true })}>
        <Icon>
          <path d="M6.5 6.800a2.5 2.5 0 1 1 3.6 2.300c-.8.4-1.1.9-1.1 1.700M9 13.600v.1" />
        </Icon>
        Help
      </AriaButton>
    </nav>
  );
}

function Icon({ children }: { readonly children: ReactNode }) {
  return (
    <svg
      width="18"
      height="18"
      viewBox="0 0 18 18"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}
