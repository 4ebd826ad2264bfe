import { openDryJournal } from '../../src/journal/dry.ts';
import { openJournal } from '../../src/journal/open.ts';
import { journalContract, keptJournalContract } from '../contract/journal.ts';

journalContract('openJournal()', openJournal);
keptJournalContract('openJournal() again', openJournal);
journalContract('openDryJournal()', openDryJournal);
