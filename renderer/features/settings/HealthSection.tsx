import { useState } from 'react';
import { defaultHealthThresholds } from '../../../shared/model/settings.ts';
import { useConnections } from '../../live/connections.ts';
import { useSettings } from '../../live/settings.ts';
import { useTopology } from '../../live/topology.ts';
import { Button } from '../../ui/Button.tsx';
import { PickOne } from '../../ui/PickOne.tsx';
import { plainText } from '../../ui/plainText.ts';
import { serviceOptions } from '../../ui/serviceOptions.ts';
import { changeMarks } from './changeSettings.ts';
import { isSame, ownThresholds, underItsIds } from './ownThresholds.ts';
import { SettingCard } from './SettingCard.tsx';
import { ThresholdFields } from './ThresholdFields.tsx';

/** When a service is called degraded or failing: for all, and for those that have their own. */
export function HealthSection() {
  const health = useSettings(({ settings }) => settings.health);
  const { services, nodes } = useTopology();
  const connections = useConnections();
  const [picked, setPicked] = useState<string | null>(null);
  const own = ownThresholds(health, nodes);
  const options = serviceOptions(services.values(), connections).filter(
    ({ id }) => !own.some((one) => one.id === id),
  );
  const nameOf = (id: string): string =>
    serviceOptions(services.values(), connections).find((one) => one.id === id)?.title ?? id;
  const add = (): void => {
    if (picked === null) return;
    changeMarks({ healthOf: underItsIds(picked, nodes, health.default) });
    setPicked(null);
  };
  return (
    <SettingCard
      title="Health"
      says="By failed calls in the time that is shown. Instances that are not ready and restarts count too, whatever is set here."
    >
      <div className="settingRow" role="group" aria-label="Health of all services">
        <b className="grow">All services</b>
        <ThresholdFields
          thresholds={health.default}
          onChange={(changed) => changeMarks({ health: changed })}
        />
        {!isSame(health.default, defaultHealthThresholds) && (
          <Button onPress={() => changeMarks({ health: defaultHealthThresholds })}>
            Back to 1 %, 3 %, 20 calls
          </Button>
        )}
      </div>
      {own.map(({ id, thresholds }) => {
        const name = plainText(nameOf(id), 120);
        return (
          <div key={id} className="settingRow" role="group" aria-label={`Health of ${name}`}>
            <span className="grow">{name}</span>
            <ThresholdFields
              thresholds={thresholds}
              onChange={(changed) => changeMarks({ healthOf: underItsIds(id, nodes, changed) })}
            />
            <Button
              aria-label={`Judge ${name} as all`}
              onPress={() => changeMarks({ healthOf: underItsIds(id, nodes, null) })}
            >
              As all
            </Button>
          </div>
        );
      })}
      {options.length > 0 && (
        <div className="settingRow settingFields">
          <PickOne
            label="A service that is to be judged differently"
            options={options}
            selected={picked}
            onSelect={setPicked}
            placeholder="Type a part of its name"
          />
          <Button isDisabled={picked === null} onPress={add}>
            Give it its own
          </Button>
        </div>
      )}
    </SettingCard>
  );
}
