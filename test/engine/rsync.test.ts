import { engineContract, strategy } from '../contract/engine.ts';

engineContract('rsync', strategy('rsync'));
