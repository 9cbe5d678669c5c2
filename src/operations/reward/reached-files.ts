import type { Declaration } from '../../base/declaration.js';
import { identifiersIn } from '../../base/identifiers.js';
import { comparePositions, startOf, type Position } from '../../base/range.js';
import { changedDeclarations } from '../../reward/changed-declarations.js';
import { isReadInPart, namesakeIn, VALUES } from '../../reward/declaration-units.js';
import { boundAgain, DEFAULT_EXPORT, exportedAs, interfaceChange, isShown, listedAnew, makesObjects, namesFromOutside, provenInterface, reachingNames, shownCode } from '../../reward/interface-change.js';
import { interfaceWays, type InterfaceWays } from '../../reward/interface-ways.js';
import type { FileTree } from '../../workspace/file-tree.js';
import type { BaseState } from './base-state.js';
import { isDemanded } from './demands.js';
import { filesSeeing, importersThrough, isImported } from './dependents.js';
import { changesSeen, fileSide } from './file-sides.js';
import { PYTHON, SCRIPT } from './import-statements.js';
import { importersAsWhole, namesInQuestion, type InterfaceDraft } from './interface-proof.js';
import type { ShadowLab } from './shadow-lab.js';
import { knowsShown, readShown, shownAt, shownBefore, type ShownPlace } from './shown.js';
import type { ParsedFile, StepTexts, TouchedFile } from './step-files.js';
import type { WordIndex } from './word-index.js';

/** What is read of a step. */
interface ReachPlan extends StepTexts {
  readonly step: { readonly before: FileTree; readonly after: FileTree };
}

/** What is known of a step: the tree before it, and the names of which a server shows something else after it. */
interface ReachFacts {
  readonly base: BaseState;
  readonly interfaces: InterfaceDraft;
  readonly changed: ReadonlySet<string>;
}

/** A name that may mean something else, as a file declares it. */
interface FollowedName {
  readonly name: string;
  readonly by: string;
  /** True for the name of a declaration that the step changed. */
  readonly isOwn?: boolean;
  /** True where nothing shows that it means something else. */
  readonly isSupposed?: boolean;
  /** True for a class of which others are made than before: who only has one hardly sees that. */
  readonly isMadeAnew?: boolean;
}

/** Whether a declaration means something else, which a server is asked on both sides. */
interface Question {
  readonly file: ParsedFile;
  readonly declaration: Declaration;
  /** The attribute to which the declaration gives a value; null for the declaration itself. */
  readonly attribute: string | null;
  /** The types that the declaration makes for itself. */
  readonly ownTypes: ReadonlySet<string>;
  readonly place: ShownPlace;
  /** After the step; null where it is not there as it was. */
  readonly after: ShownPlace | null;
}

/** What may be spent on finding out. */
export interface ReachLimits {
  /** So many places are asked about; what is beyond may mean something else. */
  readonly questions: number;
  /** With more files it is given up. */
  readonly files: number;
}

/** Where every file would be measured otherwise, and where a few would be. */
export const EVERY_FILE: ReachLimits = { questions: 500, files: Infinity };
export const NEAREST: ReachLimits = { questions: 60, files: 60 };

/** Untouched files that may see something else after a step. */
export interface ReachedFiles {
  readonly files: ReadonlySet<string>;
  /**
   * Those to which something is passed on that is seen to differ, the nearest first. The others hold the name of a changed declaration, and who refers to that a server knows better,
   * or something of which nothing shows whether it differs: it hardly ever does.
   */
  readonly passedOnTo: ReadonlySet<string>;
  /** False where it was given up: others may, too. */
  readonly isWhole: boolean;
}

/**
 * Finds the untouched files that may see something else after the step, which the lab must show. Every file that holds a name of which the meaning may have changed is one; what its
 * declarations pass on is compared by what the server shows of them before and after, and followed where that differs, where it holds a type that changed, and where
 * nothing is shown. No other file can have other diagnostics.
 */
export async function filesReached(lab: ShadowLab, plan: ReachPlan, facts: ReachFacts, limits: ReachLimits): Promise<ReachedFiles> {
  return (await reachOf(lab, plan, facts, limits)).follow();
}

/** Returns the places, of the tree before the step, that filesReached compares first if every declaration that a server is to decide about has changed. */
export async function placesComparedFirst(lab: ShadowLab, plan: ReachPlan, facts: Omit<ReachFacts, 'changed'>, limits: ReachLimits): Promise<ShownPlace[]> {
  return (await reachOf(lab, plan, { ...facts, changed: namesInQuestion(facts.interfaces) }, limits)).first();
}

async function reachOf(lab: ShadowLab, plan: ReachPlan, facts: ReachFacts, limits: ReachLimits): Promise<Reach> {
  const index = await lab.words.indexOf(plan.before, plan.before.served(plan.specOf));
  return new Reach(lab, plan, facts, { index, limits });
}

class Reach {
  readonly #lab: ShadowLab;
  readonly #plan: ReachPlan;
  readonly #facts: ReachFacts;
  readonly #index: WordIndex;
  readonly #limits: ReachLimits;
  /** How many files could be found. */
  readonly #all: number;
  readonly #touched: ReadonlyMap<string, TouchedFile>;
  /** What became of the declarations that the step changed; null for those that are gone. */
  readonly #edited: ReadonlyMap<Declaration, Declaration | null>;
  readonly #found = new Set<string>();
  readonly #passedOnTo = new Set<string>();
  /** Types that mean something else although a server shows them by the same name. */
  readonly #types = new Set<string>();
  /** Those of them that do for sure. */
  readonly #sureTypes = new Set<string>();
  readonly #followed = new Set<string>();
  readonly #fresh: FollowedName[] = [];
  readonly #asked = new Set<string>();
  #waiting: Question[] = [];
  /** What is the same so far, with the words that the server shows of it. */
  #same: { readonly question: Question; readonly words: ReadonlySet<string> }[] = [];
  /** Files that were followed as a whole. */
  readonly #exporting = new Set<string>();

  constructor(lab: ShadowLab, plan: ReachPlan, facts: ReachFacts, { index, limits }: { readonly index: WordIndex; readonly limits: ReachLimits }) {
    [this.#lab, this.#plan, this.#facts, this.#index, this.#limits] = [lab, plan, facts, index, limits];
    this.#touched = new Map(plan.files.flatMap((file) => (file.before === null ? [] : [[file.before.path, file] as const])));
    this.#all = plan.before.served(plan.specOf).filter((path) => !this.#touched.has(path)).length;
    const changes = plan.files.flatMap((file) => changedDeclarations(fileSide(file.before), fileSide(file.after)));
    this.#edited = new Map(changes.flatMap(({ before, after }) => (before === null ? [] : [[before, after] as const])));
  }

  async follow(): Promise<ReachedFiles> {
    await this.#begin();
    while (!this.#isOver() && this.#fresh.length + this.#waiting.length > 0) {
      await this.#followFresh();
      if (!this.#isOver()) await this.#compare();
    }
    return { files: this.#found, passedOnTo: this.#passedOnTo, isWhole: !this.#isGivenUp() };
  }

  /** What is asked before anything is known of the tree after the step. */
  async first(): Promise<ShownPlace[]> {
    await this.#begin();
    await this.#followFresh();
    return this.#isOver() ? [] : this.#waiting.flatMap(({ place, after }) => (after === null ? [] : [place]));
  }

  #isGivenUp(): boolean {
    return this.#found.size > this.#limits.files;
  }

  #isOver(): boolean {
    return this.#found.size === this.#all || this.#isGivenUp();
  }

  async #followFresh(): Promise<void> {
    // It grows while it is gone through.
    for (const followed of this.#fresh) {
      const within = importersThrough(this.#index, followed.by);
      for (const path of this.#index.filesWith(followed.name)) if (!this.#isOver() && within?.has(path) !== false) await this.#reach(path, followed);
    }
    this.#fresh.length = 0;
  }

  /** With what the step itself changed. */
  async #begin(): Promise<void> {
    const { interfaces, changed } = this.#facts;
    for (const { change, before, after } of this.#plan.files.flatMap(changesSeen)) {
      if (change.before?.kind === 'import' || change.after?.kind === 'import' || interfaceChange(change, before, after) === 'none') continue;
      for (const [declaration, side, other] of [[change.before, before, after] as const, [change.after, after, before] as const]) {
        // Members of a class that came or went are seen as it is.
        const isOfKept = declaration !== null && (declaration.qualname.length === 1 || other.structure?.declarations.some(({ qualname }) => qualname[0] === declaration.qualname[0]) === true);
        if (!isOfKept) continue;
        const isType = !isShown(declaration, side);
        for (const name of reachingNames(declaration).filter((each) => changed.has(each))) this.#follow({ name, by: side.path, isOwn: name === declaration.name, isMadeAnew: makesObjects(declaration) }, isType || name !== declaration.name);
      }
      for (const name of listedAnew(change, before, after)) this.#follow({ name, by: after.path }, true);
    }
    for (const item of interfaces.imported) {
      this.#addType(item);
      for (const path of filesSeeing(this.#index, item)) await this.#reach(path, item);
    }
  }

  #follow(followed: FollowedName, isType: boolean): void {
    const { name, by, isOwn = false, isSupposed = false, isMadeAnew = false } = followed;
    const keyOf = (supposed: boolean): string => JSON.stringify([name, by, isType, isOwn, isMadeAnew, supposed]);
    // What is followed for sure need not be supposed, too.
    if (name === DEFAULT_EXPORT || this.#followed.has(keyOf(false)) || this.#followed.has(keyOf(isSupposed))) return;
    this.#followed.add(keyOf(isSupposed));
    if (isType) this.#addType(followed);
    this.#fresh.push(followed);
  }

  #addType({ name, isSupposed, isMadeAnew }: FollowedName): void {
    this.#types.add(name);
    if (isSupposed !== true && isMadeAnew !== true) this.#sureTypes.add(name);
  }

  async #reach(path: string, followed: FollowedName): Promise<void> {
    const { name, isSupposed = false } = followed;
    this.#find(path, followed);
    // What nobody imports passes nothing on.
    const file = isImported(this.#index, path) ? await this.#plan.before.parsed(path, false) : null;
    if (file === null) return;
    const isType = this.#types.has(name);
    for (const ways of interfaceWays(file)) if (this.#edited.get(ways.declaration) !== null && ways.words.has(name)) await this.#reachThrough(file, ways, followed, isType);
    for (const { words, names } of boundAgain(file)) for (const other of words.has(name) ? names : []) this.#follow({ name: other, by: path, isSupposed }, isType || isReadInPart(file));
    const exported = exportedAs(file, name);
    for (const other of exported) this.#follow({ name: other, by: path, isSupposed }, isType);
    if (exported.includes(DEFAULT_EXPORT)) await this.#followWhole(file, followed);
  }

  async #reachThrough(file: ParsedFile, { declaration, shown, hidden, ownTypes, attributes, globals }: InterfaceWays, { name, isSupposed = false, isMadeAnew = false }: FollowedName, isType: boolean): Promise<void> {
    const by = file.path;
    if (declaration.kind === 'import') {
      this.#follow({ name: declaration.name, by, isSupposed, isMadeAnew }, isType);
      return;
    }
    if (hidden.has(name) && isShown(declaration, file)) await this.#passOn({ file, declaration, attribute: null }, isSupposed);
    else if (hidden.has(name)) for (const other of reachingNames(declaration)) this.#follow({ name: other, by, isSupposed, isMadeAnew }, true);
    else if (shown.has(name)) this.#ask({ file, declaration, attribute: null, ownTypes }, startOf(declaration.nameRange));
    for (const attribute of attributes) {
      if (attribute.hidden.has(name)) await this.#passOn({ file, declaration, attribute: attribute.name }, isSupposed);
      else this.#ask({ file, declaration, attribute: attribute.name, ownTypes }, attribute.place);
    }
    for (const other of globals) this.#follow({ name: other, by, isSupposed }, isType);
  }

  #find(path: string, { isOwn, isSupposed }: FollowedName): void {
    if (this.#touched.has(path)) return;
    this.#found.add(path);
    if (isOwn !== true && isSupposed !== true) this.#passedOnTo.add(path);
  }

  /** Every file that may import another one as a whole may see that under any name that it imports. */
  async #followWhole(file: ParsedFile, followed: FollowedName): Promise<void> {
    if (this.#exporting.has(file.path)) return;
    this.#exporting.add(file.path);
    for (const { path, names } of await importersAsWhole(this.#plan.before, this.#index, file)) {
      this.#find(path, followed);
      for (const name of names) this.#follow({ name, by: path, isSupposed: followed.isSupposed ?? false }, true);
    }
  }

  #ask(question: Omit<Question, 'place' | 'after'>, position: Position): void {
    const { file, declaration, attribute } = question;
    const key = JSON.stringify([file.path, position]);
    if (this.#asked.has(key)) return;
    this.#asked.add(key);
    this.#waiting.push({ ...question, place: { path: file.path, position }, after: this.#placeAfter(file, declaration, attribute, position) });
  }

  #placeAfter(file: ParsedFile, declaration: Declaration, attribute: string | null, position: Position): ShownPlace | null {
    if (this.#asked.size > this.#limits.questions || !(PYTHON.test(file.path) || SCRIPT.test(file.path))) return null;
    const touched = this.#touched.get(file.path);
    if (touched === undefined) return { path: file.path, position };
    const { after } = touched;
    const now = this.#edited.get(declaration) ?? namesakeIn(after?.structure ?? null, declaration);
    if (after === null || now === undefined) return null;
    if (attribute === null) return { path: after.path, position: startOf(now.nameRange) };
    const [places, placesNow] = [placesOf({ file, declaration }, attribute), placesOf({ file: after, declaration: now }, attribute)];
    const place = placesNow[places.findIndex((each) => comparePositions(each, position) === 0)];
    return place === undefined || places.length !== placesNow.length ? null : { path: after.path, position: place };
  }

  /** Asks what is waiting to be asked, and follows what is not the same. */
  async #compare(): Promise<void> {
    const { base } = this.#facts;
    const questions = this.#waiting;
    this.#waiting = [];
    const places = questions.flatMap(({ place, after }) => (after === null ? [] : [place]));
    if (!knowsShown(base, places)) {
      await this.#lab.show(this.#plan.step.before);
      await readShown(this.#lab, this.#plan.specOf, base, places);
      await this.#lab.show(this.#plan.step.after);
    }
    for (const question of questions) {
      const old = shownCode(shownBefore(base, question.place));
      const now = old === null || question.after === null ? null : shownCode(await shownAt(this.#lab, this.#plan.specOf, question.after));
      const proven = old === now ? provenInterface(now) : null;
      const words = identifiersIn(proven?.replace(OWN_OBJECT, '') ?? '');
      const showsOwnType = [...question.ownTypes].some((name) => words.has(name));
      if (proven === null || showsOwnType) await this.#passOn(question, !showsOwnType && (old === now || now === null));
      else this.#same.push({ question, words });
    }
    for (let count = -1; count !== this.#types.size; ) {
      count = this.#types.size;
      const same = this.#same;
      this.#same = [];
      for (const item of same) {
        if ([...item.words].some((word) => this.#types.has(word))) await this.#passOn(item.question, ![...item.words].some((word) => this.#sureTypes.has(word)));
        else this.#same.push(item);
      }
    }
  }

  async #passOn({ file, declaration, attribute }: Pick<Question, 'file' | 'declaration' | 'attribute'>, isSupposed: boolean): Promise<void> {
    const by = file.path;
    const owners = declaration.qualname.slice(0, -1);
    const names = attribute === null ? namesFromOutside(declaration) : [attribute];
    for (const name of names) this.#follow({ name, by, isSupposed }, owners.includes(name));
    if (owners.length === 0) return;
    // Types are compared by their members where the language does so, and where something asks for one.
    const isSeenByType = !PYTHON.test(file.path) || VALUES.has(declaration.kind) || (await Promise.all(names.map((name) => isDemanded(this.#lab, this.#plan, name)))).includes(true);
    for (const owner of isSeenByType ? owners : []) this.#follow({ name: owner, by, isSupposed }, true);
  }
}

/** What pyright shows of the object of a method: nobody passes another one. */
const OWN_OBJECT = /\b\w+: (?:type\[)?Self@\w+\]?(?=[,)\s])/u;

/** Where a declaration gives values to an attribute, in the order of its text. */
function placesOf({ file, declaration }: Pick<Question, 'file' | 'declaration'>, attribute: string): Position[] {
  const ways = interfaceWays(file).find((each) => each.declaration === declaration);
  return (ways?.attributes ?? []).filter(({ name }) => name === attribute).map(({ place }) => place);
}
