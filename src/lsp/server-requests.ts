import type { Incoming } from '../base/observe.js';

/** What the session answers when the server asks, and hears when it speaks. */
export interface ServerListener {
  /** The settings of a section, or a promise of them. */
  configuration(section: string): unknown;
  workspaceFolders(): unknown;
  registered(method: string): void;
  /** Takes the edit that the server wants applied, as it came. Nothing is ever applied at a server's word. */
  editWanted(edit: unknown): void;
  logged(message: string): void;
  /** Hears every notification. */
  notified(method: string, params: unknown): void;
}

/** Returns what turns the messages of a server into calls of `listener`. Everything that a server says of itself goes through here. */
export function incomingTo(listener: ServerListener): Incoming {
  return {
    request: (method, params) => answerServer(method, params, listener),
    notification: (method, params) => {
      const text = spokenText(method, params);
      if (text !== null) listener.logged(text);
      listener.notified(method, params);
    },
  };
}

/** Answers a request of the server. None is refused, known or not: pyright exits when one is. */
function answerServer(method: string, params: unknown, listener: ServerListener): unknown {
  switch (method) {
    case 'workspace/configuration':
      return Promise.all(listOf(params, 'items').map((item) => listener.configuration(textOf(item, 'section') ?? '')));
    case 'workspace/workspaceFolders':
      return listener.workspaceFolders();
    case 'client/registerCapability':
      for (const registration of listOf(params, 'registrations')) listener.registered(textOf(registration, 'method') ?? '');
      return null;
    case 'workspace/applyEdit':
      listener.editWanted((params as { edit?: unknown } | null | undefined)?.edit);
      return { applied: false, failureReason: 'assay applies edits itself' };
    case 'window/showDocument':
      return { success: false };
    default:
      return null;
  }
}

/** The text by which a server speaks to a person or a log; null for every other notification. */
function spokenText(method: string, params: unknown): string | null {
  return method === 'window/logMessage' || method === 'window/showMessage' ? textOf(params, 'message') : null;
}

function listOf(params: unknown, key: string): readonly unknown[] {
  const value = (params as Record<string, unknown> | null | undefined)?.[key];
  return Array.isArray(value) ? value : [];
}

function textOf(params: unknown, key: string): string | null {
  const value = (params as Record<string, unknown> | null | undefined)?.[key];
  return typeof value === 'string' ? value : null;
}
