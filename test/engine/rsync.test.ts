import { engineContract, strategy } from '../contract/engine.ts';
import { large } from './far-lacks.ts';

engineContract('rsync', strategy('rsync'), {}, large);
