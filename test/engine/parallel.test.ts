import { engineContract, strategy } from '../contract/engine.ts';

engineContract('parallel', strategy('parallel'));
