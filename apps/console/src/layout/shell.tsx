import {
  ActionIcon,
  Alert,
  AppShell,
  Badge,
  Burger,
  Group,
  NavLink,
  Text,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import {
  IconActivity,
  IconListSearch,
  IconLogout,
  IconMessages,
  IconMoon,
  IconPlugConnectedX,
  IconSitemap,
  IconSparkles,
  IconSun,
  IconUsers,
} from '@tabler/icons-react';
import { Suspense, useEffect } from 'react';
import { Link, Outlet, useLocation } from 'react-router';
import { useConnectionLost } from '../api/connection';
import { below } from '../api/root';
import { useSession } from '../session/session';
import { Boundary } from '../shared/boundary';
import { Loading } from '../shared/states';
import { Moment } from '../shared/time';

const PAGES = [
  { to: '/', label: 'Overview', icon: IconActivity },
  { to: '/experiences', label: 'Experiences', icon: IconSparkles },
  { to: '/jimers', label: 'Users', icon: IconUsers },
  { to: '/feedback', label: 'Feedback', icon: IconMessages },
  { to: '/log', label: 'Event log', icon: IconListSearch },
  { to: '/pipeline', label: 'Pipeline', icon: IconSitemap },
] as const;

export function Shell() {
  const [opened, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  useEffect(close, [pathname, close]);
  useHotkeys([['Escape', close]]);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 200, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding="lg"
    >
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      <AppShell.Header px="md">
        <Group h="100%" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label="Navigation"
              aria-expanded={opened}
            />
            <Text fw={700} component={Link} to="/" c="inherit" td="none" style={{ whiteSpace: 'nowrap' }}>
              Jimo webhooks
            </Text>
          </Group>
          <Account />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages" className="pages" mod={{ closed: !opened }}>
        {PAGES.map(({ to, label, icon: Icon }) => {
          const here = to === '/' ? pathname === '/' : pathname.startsWith(to);
          return (
            <NavLink
              key={to}
              component={Link}
              to={to}
              label={label}
              active={here}
              {...(here && { 'aria-current': 'page' as const })}
              leftSection={<Icon size={18} aria-hidden />}
              style={{ borderRadius: 'var(--mantine-radius-md)' }}
            />
          );
        })}
        <NavLink
          href={below('docs')}
          target="_blank"
          rel="noreferrer"
          label="API reference"
          mt="auto"
          style={{ borderRadius: 'var(--mantine-radius-md)' }}
        />
      </AppShell.Navbar>
      <AppShell.Main id="main">
        <ConnectionNotice />
        <Boundary what="this page" of={pathname}>
          <Suspense fallback={<Loading what="the page" />}>
            <Outlet />
          </Suspense>
        </Boundary>
      </AppShell.Main>
    </AppShell>
  );
}

function Account() {
  const { access, signOut } = useSession();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const other = scheme === 'light' ? 'dark' : 'light';
  return (
    <Group gap="xs" wrap="nowrap">
      <Badge variant="default">
        {access.scope}
        <Text span inherit visibleFrom="xs">
          {' '}
          · {access.workspace ?? 'all workspaces'}
        </Text>
      </Badge>
      <Tooltip label={`Use ${other} colours`}>
        <ActionIcon
          variant="default"
          size="lg"
          onClick={() => setColorScheme(other)}
          aria-label={`Use ${other} colours`}
        >
          {scheme === 'light' ? <IconMoon size={18} aria-hidden /> : <IconSun size={18} aria-hidden />}
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Sign out">
        <ActionIcon variant="default" size="lg" onClick={signOut} aria-label="Sign out">
          <IconLogout size={18} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}

function ConnectionNotice() {
  const since = useConnectionLost();
  return (
    <div role="status" aria-live="polite">
      {since && (
        <Alert color="yellow" icon={<IconPlugConnectedX />} title="No connection" mb="md">
          The read API has not answered since <Moment at={since.toISOString()} />. The data below may be out
          of date; it reloads as soon as the API answers.
        </Alert>
      )}
    </div>
  );
}
