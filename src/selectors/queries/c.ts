/** The declarator of a function stands inside its pointers, one pattern for each depth. */
function functionDeclarators(): string[] {
  const inner = '(function_declarator declarator: [(identifier) (field_identifier) (qualified_identifier) (destructor_name) (operator_name) (operator_cast) (template_function)] @name parameters: (_) @parameters)';
  return [inner, `(pointer_declarator declarator: ${inner})`, `(pointer_declarator declarator: (pointer_declarator declarator: ${inner}))`, `(reference_declarator ${inner})`];
}

function functions(rest: string): string {
  return functionDeclarators()
    .map((declarator) => `(function_definition declarator: ${declarator} ${rest}) @function`)
    .join('\n');
}

function prototypes(parent: string): string {
  return functionDeclarators()
    .map((declarator) => `(${parent} declarator: ${declarator} @function)`)
    .join('\n');
}

/** The one declarator of a declaration has the whole of it as its range. */
function onlyDeclarator(parent: string): string {
  return `(${parent} type: (_) . declarator: (_) @wrapped .) @wrapper\n(${parent} . declarator: (_) @wrapped .) @wrapper`;
}

/** C has no references, no qualified names and no operators to define. */
function inC(query: string): string {
  return query
    .split('\n')
    .filter((line) => !line.includes('reference_declarator'))
    .join('\n')
    .replaceAll(' (qualified_identifier) (destructor_name) (operator_name) (operator_cast) (template_function)', '');
}

/** Of `int a, *b = 0;` each declarator declares one name. */
function variables(parent: string, kind: string, name: string): string {
  const captured = `${name} @name`;
  const nested = [`(pointer_declarator declarator: ${captured})`, `(pointer_declarator declarator: (pointer_declarator declarator: ${captured}))`, `(array_declarator declarator: ${captured})`, `(reference_declarator ${captured})`];
  return [
    `(${parent} declarator: ${captured} @${kind})`,
    ...nested.map((declarator) => `(${parent} declarator: ${declarator} @${kind})`),
    ...[captured, ...nested].map((declarator) => (parent === 'declaration' ? `(${parent} declarator: (init_declarator declarator: ${declarator} value: (_) @body) @${kind})` : '')),
  ].join('\n');
}

const shared = `
${variables('declaration', 'variable', '(identifier)')}
${variables('field_declaration', 'field', '(field_identifier)')}
${functions('body: (_) @body')}
${prototypes('declaration')}
${prototypes('field_declaration')}
${onlyDeclarator('declaration')}
${onlyDeclarator('field_declaration')}
(struct_specifier name: (_) @name body: (_) @body) @struct
(union_specifier name: (_) @name body: (_) @body) @struct
(enum_specifier name: (_) @name body: (_) @body) @enum
(enumerator name: (_) @name value: (_)? @body) @enumMember
(type_definition declarator: (type_identifier) @name @type)
(type_definition declarator: (pointer_declarator declarator: (type_identifier) @name) @type)
(type_definition declarator: (function_declarator declarator: (parenthesized_declarator (pointer_declarator declarator: (type_identifier) @name))) @type)
(type_definition declarator: (_) @wrapped) @wrapper
(preproc_def name: (_) @name value: (_)? @body) @macro
(preproc_function_def name: (_) @name parameters: (_) @parameters value: (_)? @body) @macro
(preproc_include path: (_) @name) @import
(comment) @comment
`;

export const cQuery = inC(shared);

export const cppQuery = `${shared}
(class_specifier name: (_) @name body: (_) @body) @class
(namespace_definition name: (_) @name body: (_) @body) @namespace
(alias_declaration name: (_) @name type: (_) @body) @type
(concept_definition name: (_) @name (_) @body .) @type
(field_declaration declarator: (field_identifier) @name @field default_value: (_) @body)
(field_declaration type: (_) . declarator: (_) @wrapped . default_value: (_)) @wrapper
(using_declaration (qualified_identifier name: (_) @name)) @import
${functions('(default_method_clause)')}
${functions('(delete_method_clause)')}
(template_declaration (_) @wrapped .) @wrapper
(attribute_declaration) @decorator
(lambda_expression) @opaque
`;
